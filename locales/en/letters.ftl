letter-footer = This letter was sent by Anteroom at { $url }. If you did not expect it, you need do nothing.

letter-request-submitted-name = Notice to administrators
letter-request-submitted-subject = { $name } asks to join { $organisation }
letter-request-submitted-text =
    { $name } ({ $email }) asks to join { $organisation }.

    Open the request to approve or reject it.
letter-request-submitted-button = Approve Request

letter-invitation-name = Invitation
letter-invitation-subject = { $organisation } invites you
letter-invitation-text =
    { $inviter } invites you to { $organisation } (customer number { $number }).

    With this invitation you get an account for { $organisation }. The link is for you alone and works for { $hours } hours.
letter-invitation-button = Open invitation

letter-welcome-name = Welcome letter
letter-welcome-subject = Welcome to { $organisation }
letter-welcome-text =
    You are now a member of { $organisation } (customer number { $number }).

    { $rights ->
        [restricted] Your access is restricted until an administrator assigns your rights. Until then you can use the home page, FAQs, feedback and settings.
        [roles] Your roles: { $roles }. What they open is listed in the side bar.
       *[unnamed] What you can open is listed in the side bar.
    }

    Your name, language, time zone and second factor are under Settings.
letter-welcome-button = Go to the home page

letter-roles-changed-name = Roles changed
letter-roles-changed-subject = Your roles at { $organisation } have changed
letter-roles-changed-text =
    { $gives ->
        [yes] You were given these roles at { $organisation }: { $given }.
       *[no] Roles at { $organisation } were taken from you.
    }

    { $takes ->
        [yes] You no longer have: { $taken }.
       *[no] What they open is listed in the side bar.
    }
letter-roles-changed-button = Go to the home page

letter-waits-for-rights-name = Notice: waits for rights
letter-waits-for-rights-subject = { $name } has joined { $organisation } and waits for rights
letter-waits-for-rights-text =
    { $name } ({ $email }) has accepted the invitation to { $organisation }.

    So far the new member has no rights. Assign a role when you are ready.
letter-waits-for-rights-button = Assign rights

letter-password-reset-name = New password
letter-password-reset-subject = Set a new password
letter-password-reset-text =
    Somebody, hopefully you, asked to set a new password for your account.

    The link works once, for an hour. If it was not you, do nothing: your password stays as it is.
letter-password-reset-button = Choose a new password

letter-password-changed-name = Password changed
letter-password-changed-subject = Your password was changed
letter-password-changed-text =
    The password of your account was changed, and all other sessions were ended.

    If it was not you, set a new password at once.

letter-email-proof-name = New address
letter-email-proof-subject = Confirm your new address
letter-email-proof-text =
    Somebody, hopefully you, wants to use { $new } for their account.

    Open the link while you are signed in, and confirm. It works once, for a day.
letter-email-proof-button = Confirm address

letter-email-change-asked-name = Change of address asked for
letter-email-change-asked-subject = Your address is to be changed
letter-email-change-asked-text =
    Somebody, hopefully you, asked to change the address of your account to { $new }.

    Nothing has changed yet. If it was not you, change your password now.

letter-email-changed-name = Address changed
letter-email-changed-subject = Your address was changed
letter-email-changed-text =
    The address of your account is now { $new }. Links that were sent to this mailbox do not work any more.

    If it was not you, tell the operator of the site at once.

letter-email-dropped-name = Address counts no longer
letter-email-dropped-subject = This address is no longer the one of your account
letter-email-dropped-text =
    { $way } no longer says that this address belongs to the account that had it. Nobody can sign in with it, and no links for that account come here any more.

    If it is still yours, sign in with the provider, or prove the address in your settings.

letter-way-in-added-name = Way to sign in added
letter-way-in-added-subject = { $way } was linked with your account
letter-way-in-added-text =
    From now on { $way } acts for your account.

    If it was not you, remove it in your settings and change your password at once.

letter-way-in-removed-name = Way to sign in removed
letter-way-in-removed-subject = { $way } was removed from your account
letter-way-in-removed-text =
    { $way } does not act for your account any more.

    If it was not you, set a new password at once.

letter-link-proof-name = Link to add a provider
letter-link-proof-subject = Link { $way } with your account
letter-link-proof-text =
    Somebody, hopefully you, has signed in with { $way } and wants to reach your account with it.

    Open the link in the browser in which you signed in, and confirm. It works once, for half an hour. If it was not you, you need do nothing.
letter-link-proof-button = Link the provider

letter-codes-renewed-name = New recovery codes
letter-codes-renewed-subject = New recovery codes were made
letter-codes-renewed-text =
    The recovery codes of your account were replaced by new ones. The former ones do not work any more.

    If it was not you, set a new password at once and tell the operator of the site.

letter-factor-on-name = Second factor on
letter-factor-on-subject = Your second factor was switched on
letter-factor-on-text =
    From now on signing in needs a code of your authenticator app.

    If it was not you, tell the operator of the site at once.

letter-factor-off-name = Second factor off
letter-factor-off-subject = Your second factor was switched off
letter-factor-off-text =
    From now on your password alone is enough to sign in.

    If it was not you, set a new password at once.

letter-sign-up-name = Proof of the address
letter-sign-up-subject = Confirm your address to sign up
letter-sign-up-text =
    Somebody, hopefully you, wants to sign up with this address.

    Open the link and choose a name and a password. It works once, for a day.
letter-sign-up-button = Create account

letter-sign-up-known-name = Proof of the address
letter-sign-up-known-subject = You have an account already
letter-sign-up-known-text =
    Somebody, hopefully you, wanted to sign up with this address. It has an account already: sign in with it.

    If you have forgotten the password, set a new one from the sign-in page.
letter-sign-up-known-button = Sign in

letter-request-rejected-name = Rejection
letter-request-rejected-subject = Your request to { $organisation }
letter-request-rejected-text =
    The administrators of { $organisation } have decided not to approve your request for access.

    { $known ->
        [yes] If you think that this is a mistake, ask { $contact }.
       *[no] If you think that this is a mistake, ask them.
    }

letter-domain-missing-name = Record of a domain is missing
letter-domain-missing-subject = The record for { $domain } is missing
letter-domain-missing-text =
    { $organisation } has verified the domain { $domain }, but the TXT record { $record } is not there any more.

    Please set it again. If it stays away for three days, the domain counts as not verified.
letter-domain-missing-button = Open settings

letter-domain-lapsed-name = Domain not verified any more
letter-domain-lapsed-subject = { $domain } is not verified any more
letter-domain-lapsed-text =
    The TXT record { $record } has been missing for three days, so { $domain } does not lead people to { $organisation } any more.

    Set the record and check it to verify the domain again.
letter-domain-lapsed-button = Open settings

letter-roles-withheld-name = Notice: roles withheld
letter-roles-withheld-subject = { $name } has joined { $organisation } without some roles
letter-roles-withheld-text =
    { $name } ({ $email }) has accepted the invitation to { $organisation }.

    { $inviter }, who sent it, may no longer give these roles, so they were not given: { $roles }. Assign them yourself if they are right.
letter-roles-withheld-button = Open member

letter-removed-name = Notice: membership ended
letter-removed-subject = Your membership in { $organisation } has ended
letter-removed-text =
    Your membership in { $organisation } (customer number { $number }) was ended by an administrator. You can no longer reach it.

    { $known ->
        [yes] If you have questions, ask: { $contact }
       *[no] If you have questions, ask the organisation.
    }
letter-request-expired-name = Notice: request expired
letter-request-expired-subject = Your request to { $organisation } has expired
letter-request-expired-text =
    Nobody at { $organisation } decided your request in time, so it has expired.

    You may ask again at any time.
letter-request-expired-button = See your request

letter-member-left-name = Notice: access cancelled
letter-member-left-subject = { $name } has left { $organisation }
letter-member-left-text =
    { $name } ({ $email }) has cancelled their own access to { $organisation } (customer number { $number }).
letter-member-left-button = Open members
letter-feedback-name = Feedback
letter-feedback-subject = Feedback about { $organisation } from { $name }
letter-feedback-text =
    { $name } ({ $email }) of { $organisation } (customer number { $number }) has written to you:
letter-organisation-closes-name = Notice: the organisation closes
letter-organisation-closes-subject = { $organisation } closes in seven days
letter-organisation-closes-text =
    { $name } has decided to close { $organisation } (customer number { $number }) here. In seven days nobody can get in any more.

    { $known ->
        [yes] If you have questions, ask { $contact }.
       *[no] If you have questions, ask the organisation.
    }
letter-organisation-stays-name = Notice: the organisation stays
letter-organisation-stays-subject = { $organisation } stays open
letter-organisation-stays-text =
    { $organisation } (customer number { $number }) does not close after all. There is nothing for you to do.
letter-organisation-stays-button = Open Anteroom
letter-request-closed-name = Answer: organisation closed
letter-request-closed-subject = { $organisation } is closed
letter-request-closed-text =
    You asked to join { $organisation }. The organisation is closed here, so nobody can answer you any more. Your request has ended.
letter-account-leaves-name = Notice: account to be deleted
letter-account-leaves-subject = Your account will be deleted in seven days
letter-account-leaves-text =
    You asked for your account to be deleted. This happens in seven days.

    If you change your mind, or if it was not you, sign in and keep your account.
letter-account-leaves-button = Keep my account

letter-requests-digest-name = Daily letter of new requests
letter-requests-digest-subject = { $organisation }: new access requests ({ $n })
letter-requests-digest-text =
    These requests have come to { $organisation } since the last daily letter, and are still open. New ones: { $n }.
letter-requests-digest-button = Open the queue
letter-seal-head-name = Daily seal of the history
letter-seal-head-subject = { $organisation }: the newest seal of the history
letter-seal-head-text =
    Below is the newest seal of the history of { $organisation }. Keep this e-mail: with it whoever runs the server can check that nothing of the history up to now was cut off or written anew (anteroom verify --witness).

    You get it once a day, where something is new, as you may view Insights by a role of your own.
letter-seal-head-button = Open Insights

letter-contact-asks-name = Notice to administrators
letter-contact-asks-subject = { $name } asks { $organisation } for access by chat
letter-contact-asks-text =
    { $name } ({ $identifier }) wrote to the connector { $connector } of { $organisation } and is not approved yet.

    Nobody is let in until an administrator decides.
letter-contact-asks-button = Approve Request
