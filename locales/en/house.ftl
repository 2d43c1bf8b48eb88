# The house for everybody in it
nav-faq = FAQs
nav-feedback = Feedback
home-faq = Questions that others had before you
home-links = Links
home-unrestricted = You have been given rights.
home-tour = Start the welcome tour
faq-default =
    ## What can I do here?

    { $organisation } uses this site to decide who may join and what they may reach. What you may open stands beside this page.

    ## Why is my access restricted?

    As long as nobody has given you rights, you can only open this page, the home page, feedback and your settings. An administrator has been told.

    ## How do I change my name, language or password?

    In your settings, below your name.

    ## How do I leave?

    In your settings, under customer numbers, you can cancel your access yourself.
feedback-text = What works well, what does not, what do you miss? { $organisation } reads what you write here.
feedback-message = Your message
feedback-button = Send feedback
done-feedback = Thank you. Your message is on its way.

# The welcome tour
tour-title = Welcome tour
tour-left = { $n ->
    [0] the last step
    [one] 1 more step after this one
   *[other] { $n } more steps after this one
}
tour-next = Next
tour-end = Finish
tour-skip = Skip the tour
tour-go = Open it
tour-requests = Access requests
tour-requests-text = Who asks to join stands here. Open a request to see what it says, then approve or reject it. The page keeps itself up to date.
tour-users = Users
tour-users-text = All members and open invitations. Open a member to assign roles, write down a manager, or end a session. Whoever waits for rights stands under Waiting for rights.
tour-invitations = Invitations
tour-invitations-text = Invite people by e-mail, one or many. Here you see what became of each invitation, and can send it again or delete it.
tour-roles = Roles
tour-roles-text = A role is a set of permissions. Make the ones that you need before you invite people, so that you can give them at once.
tour-groups = Groups
tour-groups-text = Groups are named sets of members.
tour-settings = Organisation settings
tour-settings-text = The links of the home page, questions and answers, how long invitations last, and who belongs to you by address or provider.

# Settings of the house
settings-name = Name
settings-links = Links of the home page
settings-links-text = Everybody in the organisation sees these, also those without rights. A link leads to a web page or to a PDF of at most 10 MB.
settings-link-add = Add link
settings-link-up = Move up
settings-link-change = Change
label-link-title = What the link says
label-link-url = Address of the web page
label-link-file = Or a PDF file
settings-faq-text = Questions and answers for everybody in the organisation, in Markdown. Without a page, a general one is shown.
label-faq = Page
settings-feedback-text = Feedback goes to this address. If it is empty, everybody who may change these settings gets it.
settings-mails-requests = E-mail: whoever decides requests hears of new ones
label-request-days = Requests expire after so many days without a decision (1 to 365)
label-feedback-address = Address for feedback
settings-export = Export
settings-export-text = Everything that is kept of the organisation, as JSON and CSV in one archive. It holds names and addresses: keep it safe.
settings-export-button = Make an archive
settings-export-waiting = The archive is being made.
settings-export-rows = { $n } rows.
settings-export-look = Look again
settings-export-fetch = Download the archive
settings-export-until = Kept until
settings-export-failed = The archive could not be made. Ask for it again, or tell the operator.
done-export = The archive is being made. It is here when it is ready, and kept for a day.
settings-close = Close the organisation
settings-close-text = Every member is told at once. After seven days nobody gets in any more, open requests are canceled, and links say that the organisation is closed. Until then any administrator can take it back.
settings-close-type = Type the customer number { $number } to confirm.
settings-close-button = Close the organisation
settings-close-keep = Keep the organisation open
closing-text = The organisation closes
closing-banner = { $organisation } closes
done-closes = The organisation closes in seven days. Every member is told.
done-stays = The organisation stays open. Every member is told.
copy = Copy
copied = Copied

# Deleting one’s account
settings-leave = Delete my account
leave-text = Your account is deleted after seven days; until then you can change your mind. Your name, address, sessions and messages are erased. Decisions that you made stay in the history under a pseudonym.
leave-type = Your e-mail address, to confirm
leave-button = Delete my account
leave-waits = Your account is deleted
leave-keep = Keep my account
event-organisation-closes = The organisation is to close
event-organisation-stays = The organisation stays open
event-organisation-closed = The organisation was closed
event-organisation-exported = The data was exported
event-faq-changed = Questions and answers changed
event-link-added = Link added
event-link-changed = Link changed
event-link-removed = Link removed
event-feedback-given = Feedback given
event-account-leaves = The account is to be deleted
event-account-stays = The account stays
event-account-erased = The account was erased
