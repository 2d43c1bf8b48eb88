letter-access-requested-name = Notice to administrators: request
letter-access-requested-subject = { $name } asks for { $resource }
letter-access-requested-text =
    { $name } asks { $organisation } for access to { $resource }.

    Sign in to see the request and who is to decide it.
letter-access-requested-button = Admin Portal Login
letter-access-waits-name = Request for a decision
letter-access-waits-subject = { $name } waits for your decision on { $resource }
letter-access-waits-text = { $name } asks for access to { $resource } at { $organisation }. You are one of those who decide.
letter-access-waits-button = Open the request
letter-access-reminder-name = Reminder
letter-access-reminder-subject = Still waiting: { $name } and { $resource }
letter-access-reminder-text = { $name } still waits for a decision on access to { $resource } at { $organisation }.
letter-access-reminder-button = Open the request
letter-access-overridden-name = Notice to approvers
letter-access-overridden-subject = Decided by an administrator: { $name } and { $resource }
letter-access-overridden-text = { $by } has decided as an administrator on the request of { $name } for { $resource } at { $organisation }. You need do nothing any more.
letter-access-overridden-button = See the request
letter-access-granted-name = Answer: granted
letter-access-granted-subject = { $name } has access to { $resource }
letter-access-granted-text =
    The request for { $resource } at { $organisation } was granted to { $name }.

    { $ends ->
        [yes] The access ends on { $until }.
       *[no] The access has no end date.
    }
letter-access-granted-button = Go to Applications
letter-access-denied-name = Answer: denied
letter-access-denied-subject = The request for { $resource } was denied
letter-access-denied-text =
    The request of { $name } for { $resource } at { $organisation } was denied. The reason is quoted below.

    { $more ->
        [yes] Next steps: { $steps }
       *[no] You may ask again at any time.
    }
letter-access-denied-button = See the request
letter-access-canceled-name = Answer: canceled
letter-access-canceled-subject = The request for { $resource } was canceled
letter-access-canceled-text =
    The request of { $name } for { $resource } at { $organisation } was canceled before anybody decided it: its approval flow was deleted, or an administrator ended it.

    If access is still needed, please ask again.
letter-access-canceled-button = Ask again
letter-access-expired-name = Answer: expired
letter-access-expired-subject = The request for { $resource } has expired
letter-access-expired-text =
    Nobody at { $organisation } decided in time on the request of { $name } for { $resource }, so it has expired.

    You may ask again at any time.
letter-access-expired-button = Ask again
letter-access-question-name = Question
letter-access-question-subject = A question about your request for { $resource }
letter-access-question-text = { $by } at { $organisation } asks something about your request for { $resource }. The question is quoted below.
letter-access-question-button = Answer
letter-access-answer-name = Answer to a question
letter-access-answer-subject = { $by } has answered about { $resource }
letter-access-answer-text = { $by } has answered your question about the request for { $resource } at { $organisation }.
letter-access-answer-button = Open the request
letter-access-ends-name = Notice: access ends soon
letter-access-ends-subject = Your access to { $resource } ends on { $until }
letter-access-ends-text =
    Your access to { $resource } at { $organisation } ends on { $until }.

    If you need it for longer, extend it.
letter-access-ends-button = Extend
letter-access-ended-name = Notice: access has ended
letter-access-ended-subject = Your access to { $resource } has ended
letter-access-ended-text =
    Your access to { $resource } at { $organisation } has ended, as its time is over.

    If you still need it, ask again.
letter-access-ended-button = Ask again
letter-access-revoked-name = Notice: access was ended
letter-access-revoked-subject = Your access to { $resource } was ended
letter-access-revoked-text = { $by } has ended your access to { $resource } at { $organisation }.
letter-access-revoked-button = See the catalogue
letter-request-canceled-name = Answer: canceled
letter-request-canceled-subject = Your request to { $organisation } was canceled
letter-request-canceled-text =
    An administrator of { $organisation } has canceled your request to join. The reason is quoted below.

    You may ask again at any time.
why-more-than-there-are = There are fewer approvers than that.
why-grant-is-over = This access has ended already.
why-not-in-error = This request is not in Error any more.
why-still-broken = What this request needs is still missing: approve, deny or cancel it.
why-nobody-is-asked = Nobody is being asked at the moment.
why-not-asked = This request does not wait for you any more.
why-has-it-already = The access is there already and has no end date.
why-not-their-manager = You may ask only for people whose manager you are.
why-nobody-can-ask = Nobody can ask for this yet: it has no approval flow.
why-reminded-today = You have reminded them within the last day. Try again tomorrow.
why-ends-before-it-begins = The end must lie ahead, and after the beginning.
why-own-delegate = Choose somebody else: you cannot stand in for yourself.
why-may-not-vote = This member has no rights to decide anything. Choose somebody who can use the portal.
why-resource-gone = This resource is disabled or deleted, so nobody can be given it.
event-request-voted = Voted on
event-request-missing-data = Data is missing
event-request-resumed = Resumed
event-request-error = Error
event-request-retried = Tried again
event-request-moved = Moved to the newest version of the flow
event-request-changed = Reason changed
event-request-reminded = Approvers reminded
event-request-escalated = Escalated
event-request-questioned = Question asked
event-request-answered = Question answered
event-request-provisioning = Provisioning began
event-request-overridden = Flow overridden
event-grant-made = Access granted
event-grant-extended = Access extended
event-grant-ended = Access ended
event-delegation-set = Delegate named
event-delegation-ended = Delegation ended
event-resource-created = Resource created
event-resource-changed = Resource changed
event-resource-deleted = Resource deleted
event-flow-created = Approval flow created
event-flow-changed = Approval flow changed
event-flow-deleted = Approval flow deleted
status-missing_data = Missing Data
status-error = Error
