# Navigation and words used everywhere
nav-home = Home
nav-requests = Access requests
nav-organisation = Organisation settings
nav-settings = Settings
nav-waiting = Requests to join
nav-main = Main
nav-administration = Administration
nav-you = You
nav-menu = Menu
nav-skip = Skip to content
nav-customer = Customer { $number }
nav-sign-out = Sign out
cancel = Cancel
save = Save
to-signin = Back to sign-in
form-pending = One moment …
form-offline = The server did not answer. Nothing was changed; please try again.

# How an instant is written: names of months by the locale, the rest by strftime.
date-locale = en_GB
date-format = %-d %B %Y, %H:%M %Z
time-now = just now
time-soon = in a moment
time-minutes-past = { $n ->
    [one] 1 minute ago
   *[other] { $n } minutes ago
}
time-minutes-ahead = { $n ->
    [one] in 1 minute
   *[other] in { $n } minutes
}
time-hours-past = { $n ->
    [one] 1 hour ago
   *[other] { $n } hours ago
}
time-hours-ahead = { $n ->
    [one] in 1 hour
   *[other] in { $n } hours
}
time-days-past = { $n ->
    [one] 1 day ago
   *[other] { $n } days ago
}
time-days-ahead = { $n ->
    [one] in 1 day
   *[other] in { $n } days
}

# Fields
label-email = E-mail address
label-new-email = New e-mail address
label-password = Password
label-current-password = Current password
label-new-password = New password (8 characters or more)
label-code = Code from your authenticator app, or a recovery code
label-your-name = Your name
label-organisation = Organisation
label-slug = Address of the organisation (letters, digits, hyphens)
label-customer-number = Customer number
label-language = Language
label-time-zone = Time zone
label-theme = Appearance
theme-system = As the system says
theme-light = Light
theme-dark = Dark

# Home and sign-in
home-title = Welcome to Anteroom
home-text = Here organisations decide who may join and what they may reach. Sign in to ask for access, to answer an invitation, or to decide.
home-sign-in = Sign in
home-welcome = Welcome, { $name }
home-restricted = Your access is restricted for now.
home-restricted-text = An administrator of { $organisation } has been told and will assign your rights. This notice disappears by itself.
home-requests = See who asks to join, and decide
home-settings = Your name, language, password and sessions
signin-title = Sign in
signin-button = Sign in
signin-with = Continue with { $provider }
signin-or = or with your password
link-title = Is this account yours?
link-text = There is an account with { $email }. To sign in to it with { $provider } from now on, show that it is yours.
link-button = Link and go on
link-other = You are signed in as { $email }, which is another account.
link-mail-text = or by a link in your mailbox
link-mail = Send me a link
link-by-mail = From now on { $provider } signs you in to the account of { $email }.
signin-forgotten = Forgotten your password?
code-title = One more step
code-text = Your account has a second factor. Type the code that your authenticator app shows now, or one of your recovery codes.
code-button = Continue

# A new password
reset-title = Set a new password
reset-text = We send a link to the address of your account. It works for an hour.
reset-button = Send the link
reset-set-title = Choose a new password
reset-set-text = Afterwards you are signed out everywhere and sign in with the new password.
reset-set-button = Save the new password
reset-again = Ask for a new link

# Set-up
setup-title = Create the first organisation
setup-text = You will be its first administrator.
setup-button = Create organisation
setup-dead = A new link is printed on the server's console at each start until there is an organisation.

# Invitations
invitation-title = Invitation
invitation-heading = Join { $organisation }
invitation-text = { $inviter } invites you to { $organisation }.
invitation-for = Invitation for
invitation-until = The link runs out
invitation-accept = Accept invitation
invitation-accept-new = Create account and accept
invitation-new = You have no account yet. Choose a name and a password.
invitation-known = You have an account with this address already. Sign in, then accept.
invitation-other = You are signed in as { $email }, but the invitation is for another address.
invitation-switch = Sign out and switch
invitation-go = Go to { $organisation }
invitation-ask = Ask { $inviter } of { $organisation } for a new invitation.

# A new address
email-title = Confirm your new address
email-text = From then on { $email } is the address of your account. You will be signed out on your other devices.
email-button = Confirm address
email-again = Back to settings

waiting-title = Requests to join
waiting-text = What you asked for, and what became of it.
waiting-asked = Asked
waiting-member = Your organisations
waiting-withdraw = Withdraw
waiting-pending = The administrators have been told. There is nothing more to do for you now.
waiting-approved = You are invited. The link is in a letter to your address.
waiting-joined = You are a member there.
waiting-denied = The request was rejected. You may ask again.
waiting-canceled = The request was withdrawn.
waiting-expired = Nobody decided in time. You may ask again.
status-pending = Pending
status-approved = Invited
status-denied = Rejected
status-canceled = Canceled
status-expired = Expired

# The queue
queue-email = Requester
queue-requested-at = Requested At
queue-status = Status
queue-id = ID
queue-actions = Actions
queue-approve = Approve
queue-approve-title = Approve access request
queue-approve-text = An invitation will be sent to this address so that they can create an account under { $organisation }. They start without permissions.
queue-approve-press = Send Invitation
queue-reject = Reject
queue-reject-title = Reject access request
queue-reject-text = They will not be able to create an account under { $organisation }. This is final for this request.
queue-reject-press = Reject Request
queue-decided = by { $by }, { $when }
queue-message = Message
queue-no-message = No message
queue-history = History
queue-mails = Letters and messages
queue-copy = Copy link
queue-link = Hand this link to the invited person. It is shown only now; the link before does not work any more.
queue-next = Older requests
queue-no-mail = No mail server is configured. Letters wait; open a request to copy its invitation link and hand it over yourself.
mail-queued = { $letter } to { $to }: queued
mail-waits = { $letter } to { $to }: waits for a mail server
mail-deferred = { $letter } to { $to }: not delivered yet, next try { $when } ({ $why })
mail-sent = { $letter } to { $to }: sent { $when }
mail-failed = { $letter } to { $to }: could not be delivered ({ $why })
event-by = by { $actor }
event-of = { $what }: { $which }
event-request-submitted = Submitted
event-request-approved = Approved
event-request-denied = Denied
event-request-canceled = Canceled
event-request-expired = Expired

# Settings
settings-profile = Profile
settings-email = E-mail address
settings-email-now = Your address is { $email }.
settings-email-unproven = Nobody has proven this address yet. Ask for a link to it, and open the link.
settings-email-text = The new address counts only once you have opened the link that we send there. The old address is told.
settings-email-button = Send the link
settings-password = Password
settings-password-button = Change password
settings-email-by-provider = It counts for as long as your sign-in provider says that it is yours. To make it yours whatever the provider says, ask for a link to it.
settings-ways = Sign-in providers
settings-ways-text = You can sign in to this account with these.
settings-way-add = Add { $provider }
settings-way-remove = Remove
settings-way-address = says that your address is { $email }
settings-way-take = Use this address
settings-again = Changes to how you sign in, and ending sessions, need a sign-in of the last ten minutes. Sign in once more first:
settings-factor = Second factor
settings-sessions = Where you are signed in
settings-session-begun = since
settings-session-here = This session
settings-session-end = End
settings-sessions-end = End all others
settings-security = Security
settings-demand = Administrators need a second factor
settings-demand-text = Whoever has permissions here and no second factor must set one up before using them. You need one yourself to switch this on.
factor-text = With a second factor a stolen password is not enough. You need an authenticator app.
factor-begin = Set up second factor
factor-scan = Scan this code with your authenticator app, then type the code that it shows.
factor-qr = QR code for your authenticator app
factor-type = Or type this key into the app:
factor-confirm = Switch on
factor-is-on = Second factor is on
factor-left = { $n ->
    [one] 1 recovery code left
   *[other] { $n } recovery codes left
}
factor-end = Switch off
factor-renew = Make new recovery codes
factor-codes = Keep these recovery codes in a safe place. Each works once, and they are shown only now.
done-reset = Your new password is saved. Sign in with it.
done-withdrawn = The request was withdrawn.
done-profile = Saved.
done-saved = Saved.
done-password = Your password was changed. All other sessions were ended.
done-email = We sent a link to the new address. Until you open it, nothing changes.
done-address = Your address was changed.
done-session = Ended.
done-unlinked = Removed.
shown-once-gone = What stood here is shown once and is gone. If you have not kept it, make it anew.
done-factor = The second factor was changed.

# The demo
demo-title = This is a demo
demo-text = Look around as one of these people. Nothing leaves this machine.
demo-as-administrator = Sign in as administrator
demo-as-member = Sign in as member without rights
demo-as-stranger = Sign in as stranger
demo-mailbox = Letters that would have been sent
mailbox-title = Mailbox of the demo
mailbox-text = Letters that a real instance would have sent, newest first.
mailbox-none = No letters yet.

# Sign-up
signup-title = Sign up
signup-text = Sign in with your provider, or prove your e-mail address: we send a link to it. Then you meet the organisation that you belong to.
signup-or = or with your e-mail address
invitation-or = or with a name and a password
signup-button = Send the link
signup-known = I have an account
signup-again = Ask for a new link
signup-prove = Create your account
signup-prove-text = The address { $email } is proven. Choose a name and a password.
signup-prove-button = Create account
signup-prove-signed-in = You are signed in as { $email }. Creating this account signs you in with it instead.
signup-could-not = Could not create account
signup-could-not-text = { $organisation } already has an account here. You can ask its administrators to let you in.
signup-contact = Admin contact
signup-message = Message to the administrators (optional)
signup-request = Request Access
signup-see = See your request
signup-nowhere = You belong to no organisation here yet
signup-nowhere-text = No organisation answers to your provider or your address. Ask whoever sent you here for an invitation.
signup-support = Help:
signup-create = Create your organisation
signup-create-text = No organisation answers to your provider or your address. Create one; you will be its administrator.
signin-new = New here? Sign up

# The requester's status page
status-title = Your request to { $organisation }
status-pending-next = The administrators of { $organisation } have been told by mail. There is nothing more to do for you now: if they approve, an invitation comes to your address. You can look here at any time.
status-invited = You are invited. The link is in a letter to { $email }; it runs out { $when }.
status-invitation-over = You were invited, but the link is no longer valid. Ask { $organisation } again.
status-accepted = You are a member of { $organisation }.
status-pending-quiet = The administrators of { $organisation } find your request in their queue. There is nothing more to do for you now: if they approve, an invitation comes to your address. You can look here at any time.
status-canceled-next = The request was withdrawn. You may ask { $organisation } again.
status-expired-next = Nobody at { $organisation } decided in time. You may ask again.
status-sign-in = Sign in to withdraw it or to ask again
status-again = Ask again
waiting-none = You have not asked for anything yet.
waiting-sign-up = Find your organisation
done-asked = Done. If the address is right, what you asked for is on its way.
done-requested = Your request is on its way.
done-verified = The domain is verified.

# More of the queue
close = Close
queue-tab-pending = Pending
queue-tab-approved = Approved
queue-tab-others = Others
queue-search = Search name, e-mail or resource
people-search = Search name or e-mail
queue-search-button = Search
queue-search-clear = Clear search
queue-fresh = There are new requests.
queue-fresh-show = Show them
queue-details = Details
queue-origin = Belongs to you by
queue-try-again = Try again
queue-allow-again = Allow to ask again
queue-to-user = Resend the invitation in Users
queue-empty-pending = No access requests are waiting
queue-empty-pending-text = When somebody asks to join, the request appears here and you get a letter.
queue-empty-approved = No request has been approved yet
queue-empty-approved-text = Approved requests stand here, with the invitation that went out.
queue-empty-others = Nothing here
queue-empty-others-text = Rejected, withdrawn and expired requests stand here.
queue-empty-search = Nothing found
queue-empty-search-text = The search looks for the beginnings of names and addresses under this tab.
mail-dropped = { $letter } to { $to }: replaced, its link does not work any more
event-request-allowed-again = Allowed to ask again
keys-title = Keys
keys-search = search
keys-down = next row
keys-up = previous row
keys-open = details of the row
keys-approve = approve
keys-reject = reject
keys-help = this help
label-keys = Single keys for the list of requests (press ? there)

# What leads people to an organisation
label-admin-contact = Admin contact, shown to people who cannot sign up (optional)
label-support-contact = Support contact, shown to members and to those who have left (optional)
label-domain = Domain of your e-mail addresses
settings-tells-rejected = Tell rejected people by mail
settings-provider-links = Organisations at sign-in providers
settings-provider-links-text = People who sign in from a linked organisation cannot create an account by themselves; they can ask you for access. To link yours, prove it by signing in there.
settings-prove = Sign in with { $provider }
settings-link = Link
settings-unlink = Unlink
settings-linked = linked
settings-domains = E-mail domains
settings-domains-text = People whose proven address is in a verified domain can ask you for access.
settings-add-domain = Add domain
settings-record-text = To verify the domain, set this TXT record where your domain is managed, then check it. Keep it: it is looked for once a day.
settings-record = Name
settings-record-value = Value
settings-check = Check record
settings-checked = Last looked for
settings-remove = Remove
domain-verified = Verified
domain-missing = Record is missing
domain-unverified = Not verified

# Users
nav-users = User Management
users-person = Person
users-roles = Roles
users-seen = Last sign-in
users-no-roles = No roles
users-active = Active
users-invited = Invited
users-link-until = Link runs out
users-link-over = Link ran out
users-set-roles = Set roles
users-resend = Resend Invitation
users-invite = Invite User
users-invite-button = Send Invitation
users-next = Further users
role-administrator = Administrator
done-roles = The roles are set.
done-resent = A new link is on its way; the old one does not work any more.

# User Management
people-users = Members
people-invitations = Invitations
people-roles = Roles
people-groups = Groups
users-manager = Manager
users-waits = Waits for rights
users-waits-since = Without any rights, { $when }
users-waiting = { $n ->
    [one] 1 member waits for rights.
   *[other] { $n } members wait for rights.
}
users-waiting-show = Show them
users-waiting-title = Waiting for rights
users-role-filter = Role
users-role-all = All roles
propose-hint = Type a name or an e-mail address.
invite-people = E-mail addresses, one a line, or rows pasted from a spreadsheet (address, name, roles)
invite-left = { $n ->
    [one] You can send 1 more invitation today.
   *[other] You can send { $n } more invitations today.
}
invite-by-file = Invite from a CSV file
invite-file = CSV file
invite-file-hint = Columns: e-mail, name, roles. At most 10,000 rows.
invite-file-button = Send invitations from the file
invite-results = Invitations
invite-sum = { $sent ->
    [one] 1 invitation is on its way.
   *[other] { $sent } invitations are on their way.
} { $failed ->
    [0] {""}
    [one] 1 address was refused.
   *[other] { $failed } addresses were refused.
}
invite-line = Line
invite-result = Result
invite-invited = Invited
invite-approved = Request approved, invited
invite-another = Invite another user
invite-to-list = Go to invitations
invitations-all = All
invitations-sent = Sent
invitations-letter = Letter
invitations-resend = Resend
invitations-delete = Delete
invitations-delete-title = Delete invitation
invitations-delete-text = The link stops working at once and says so to whoever opens it.
invitations-delete-press = Delete invitation
invitations-next = Older invitations
invitations-none = No invitations here
invitations-none-text = Invitations that were sent stand here, with what became of them.
invitations-undelivered = { $n ->
    [one] 1 open invitation could not be delivered.
   *[other] { $n } open invitations could not be delivered.
}
invitations-undelivered-show = Show them
invitations-no-mail = No mail server is configured. Copy the links and hand them over yourself.
invitation-status-pending = Pending
invitation-status-expired = Expired
invitation-status-accepted = Accepted
invitation-status-deleted = Deleted
invitation-new-link = Ask for a new link
invitation-new-link-text = The administrators of { $organisation } will see that you ask for a new one.
queue-origin-invitation = An invitation whose link ran out
user-back = All members
user-details = Details
user-joined = Member since
user-employment = Employment Information
label-manager = Manager
label-job-title = Job title
label-department = Department
label-role = Role
label-group = Group
label-invitation-hours = Links of invitations work for so many hours (1 to 720)
label-invitations-a-day = Invitations that each administrator may send in a day
user-no-groups = In no group
user-sessions = Sessions
user-no-sessions = Not signed in anywhere
user-no-requests = Has asked for nothing here
user-remove = Remove from organisation
user-remove-title = Remove from { $organisation }
user-remove-access = Access to { $organisation } ends at once, on every device.
user-remove-roles = { $n ->
    [one] 1 role is taken away.
   *[other] { $n } roles are taken away.
}
user-remove-groups = { $n ->
    [one] The person leaves 1 group.
   *[other] The person leaves { $n } groups.
}
user-remove-reports = { $n ->
    [one] 1 member has no manager any more.
   *[other] { $n } members have no manager any more.
}
user-remove-invitations = { $n ->
    [one] 1 open invitation stays, but gives no roles any more.
   *[other] { $n } open invitations stay, but give no roles any more.
}
user-remove-letter = The person is told by mail. The account itself stays.
roles-create = Create role
roles-back = All roles
roles-allows = Permissions
roles-everything = Everything
roles-nothing = Nothing
roles-invitations = Open invitations
roles-built-in = Built in
roles-members = { $n ->
    [one] 1 member
   *[other] { $n } members
}
roles-open-invitations = { $n ->
    [one] 1 open invitation
   *[other] { $n } open invitations
}
roles-then = { $n ->
    [one] 1 open invitation carries this role. What becomes of it?
   *[other] { $n } open invitations carry this role. What becomes of them?
}
roles-then-keep = They keep the role as it is then
roles-then-drop = They lose this role
roles-then-delete = They are deleted
roles-delete = Delete role
roles-delete-title = Delete role
roles-delete-text = Members who have it lose it. Who has no other role is restricted from then on.
groups-create = Create group
groups-back = All groups
groups-none = No groups yet
groups-none-text = A group is a named set of members that can be asked to approve.
groups-empty = Nobody is in this group.
groups-person = Add a member
groups-add = Add
groups-take-out = Take out
groups-rename = Rename
groups-delete = Delete group
groups-delete-title = Delete group
groups-delete-text = { $n ->
    [one] 1 member is in it.
   *[other] { $n } members are in it.
}
permission-requests-view = See access requests
permission-requests-decide = Decide access requests
permission-invitations-send = Invite people
permission-members-manage = Manage members
permission-roles-manage = Manage roles
permission-groups-manage = Manage groups
permission-resources-manage = Manage resources
permission-flows-manage = Manage approval flows
permission-connectors-manage = Manage connectors
permission-insights-view = See insights
permission-settings-manage = Change organisation settings
permission-portal-use = Ask for resources
done-deleted = Deleted.
done-removed = The member was removed.
done-tried = The letter is on its way again.
event-member-joined = Joined
event-member-changed = Employment Information changed
event-member-removed = Removed from the organisation
event-member-left = Left the organisation
event-member-signed-out = A session was ended
event-role-given = A role was given
event-role-taken = A role was taken away
signup-invited = { $organisation } has invited you already. The link is in a letter to your address.
signup-unproven = Nobody has proven yet that your address is yours. Ask for a link to it in your settings, open the link, then come back.
signup-prove-address = Prove your address
status-undelivered = You are invited, but the letter to { $email } could not be delivered. Ask { $organisation } to send it again.

# Customer numbers
customers-title = Change customer
customers-change = Change customer
customers-text = You belong to several customers. Choose one; next time you begin there.
customers-choose = Choose
customers-keep = Keep access
customers-cancel = Cancel access
customers-cancel-title = Cancel access to customer number { $number }
customers-cancel-sure = Type the customer number to confirm. This cannot be undone: to come back you need a new invitation.
customers-cancel-press = Cancel access
customers-type = Customer number
customers-go-on = Continue
customers-last-administrator = You are the last administrator here and cannot leave. Make somebody else an administrator first.
settings-customers = Customer numbers
leave-access = Your access to { $organisation } ends at once, on every device.
leave-roles = { $n ->
    [one] You lose 1 role.
   *[other] You lose { $n } roles.
}
leave-groups = { $n ->
    [one] You leave 1 group.
   *[other] You leave { $n } groups.
}
leave-reports = { $n ->
    [one] 1 member has no manager any more.
   *[other] { $n } members have no manager any more.
}
leave-invitations = { $n ->
    [one] 1 open invitation of yours stays, but gives no roles any more.
   *[other] { $n } open invitations of yours stay, but give no roles any more.
}
leave-requests = Your open requests here are withdrawn.
leave-letter = The administrators are told by mail. Your account itself stays.
goodbye-title = You have no customer number any more
goodbye-text = Your account belongs to no customer. To come back, ask an administrator for an invitation.
goodbye-left = { $organisation } (customer number { $number })
goodbye-admin = Administrators:
goodbye-support = Support:
done-left = Your access was cancelled.
restricted-title = Your access is restricted
restricted-text = You have no rights at { $organisation } yet, so this page is closed to you. Ask its administrators to assign them.
restricted-ask = You have no rights at { $organisation } yet, so this page is closed to you. Ask { $contact } to assign them.

# Deliveries
nav-deliveries = Deliveries
deliveries-text = Letters, messages and calls that wait or could not be delivered. What was delivered is not listed here.
deliveries-none = Nothing waits
deliveries-none-text = Everything that was to be delivered has been.
deliveries-channels = Channels
deliveries-delivery = Delivery
deliveries-channel = Channel
deliveries-waiting = Waiting
deliveries-deferred = Deferred
deliveries-failed = Failed
deliveries-oldest = Oldest
deliveries-try-all = Try all again
deliveries-arrival = Something that came by chat
channel-mail = Mail server
channel-hook = Provisioning: { $name }
channel-platform = Chat: { $name }
channel-agent = Agent: { $name }
channel-arrivals = Received: { $name }
channel-in-trouble = { $channel } is in trouble since { $since }: { $why }. What goes by it waits and is lost by no means; next try { $next }.
mail-overtaken = { $letter } to { $to }: not sent, as it was no longer true
arrival-queued = { $what }: waits to be worked on
arrival-deferred = { $what }: could not be worked on yet ({ $why }); tried again { $when }
arrival-sent = { $what }: worked on { $when }
arrival-failed = { $what }: could not be worked on ({ $why }), { $when }
arrival-dropped = { $what }: not needed any more
arrival-overtaken = { $what }: not needed any more
banner-channels = { $n ->
    [one] A channel of deliveries is in trouble: what goes by it waits.
   *[other] { $n } channels of deliveries are in trouble: what goes by them waits.
 }
banner-channels-show = Show
