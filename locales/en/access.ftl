letter-access-requested-name = Notice to administrators: request
letter-access-requested-subject = { $name } asks for { $resource }
letter-access-requested-text =
    { $name } asks { $organisation } for access to { $resource }.

    Sign in to see the request and who is to decide it.
letter-access-requested-button = Admin Portal Login
letter-access-turn-name = Notice to administrators: your turn
letter-access-turn-subject = { $name } waits for your decision on { $resource }
letter-access-turn-text = The approval flow of { $name } for { $resource } at { $organisation } has come to the administrators. Sign in to decide.
letter-access-turn-button = Admin Portal Login
letter-access-lacking-name = Notice to administrators: missing data
letter-access-lacking-subject = Missing data: { $name } and { $resource }
letter-access-lacking-text = The request of { $name } for { $resource } at { $organisation } has missing data: whom its approval flow asks is not there, or may not decide. Sign in to assign somebody, or decide yourself.
letter-access-lacking-button = Admin Portal Login
letter-access-broken-name = Notice to administrators: error
letter-access-broken-subject = Error: { $name } and { $resource }
letter-access-broken-text = The request of { $name } for { $resource } at { $organisation } has run into an error: provisioning has failed, or something that its approval flow names is no longer there. Sign in to see which, and to retry, grant, deny or cancel it.
letter-access-broken-button = Admin Portal Login
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
why-group-still-gone = A group that the flow asks is still missing: grant, deny or cancel the request, or have it follow the newest version of the flow.
why-role-still-gone = A role that the flow names is still missing: grant, deny or cancel the request, or have it follow the newest version of the flow.
why-hook-still-refuses = The provisioning hook still refuses.
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
nav-portal = Portal
nav-applications = Applications
nav-catalog = Catalogue
nav-my-requests = My requests
nav-approvals = Approvals
nav-resources = Resources
nav-flows = Approval flows
nobody = Nobody
label-name = Name
label-description = Description
label-icon = Icon (an emoji or initials)
label-link = Link (where it is used)
label-owner = Owner
label-flow = Approval flow
label-most-days = Longest access in days (empty: for ever)
label-reason-required = A reason is required
label-audience = Who may ask
label-resource = Resource
label-approval = Approval Type
audience-everyone = Everyone who may use the portal
audience-some = Only the roles and groups ticked below
audience-who = Roles and groups that may ask
resource-active = Active
resource-disabled = Disabled
resource-deleted = Deleted
resources-create = New resource
resources-back = All resources
resources-delete = Delete resource
resources-disable = Disable
resources-enable = Enable
resources-holders = Who has it
resources-nobody = Nobody has it yet.
resources-no-flow = None: nobody can ask
resources-none = No resources yet
resources-none-text = What stands here can be asked for in the catalogue. Create an approval flow first, then a resource that follows it.
resources-delete-title = Delete this resource?
resources-delete-holders =
    { $n ->
        [one] One member has it and loses it.
       *[other] { $n } members have it and lose it.
    }
resources-delete-requests = Open requests for it end in Error, where an administrator denies or cancels them.
flows-create = New approval flow
flows-back = All approval flows
flows-delete = Delete flow
flows-save = Save as a new version
flows-save-text = Each save is a new version. Open requests keep to the version that was there when they were submitted.
flows-none = No approval flows yet
flows-none-text = A flow says who approves, step by step. Resources follow one.
flows-steps =
    { $n ->
        [one] One step
       *[other] { $n } steps
    }
flows-steps-head = Steps
flows-version = Version { $n }
flows-version-head = Version
flows-versions = Versions
flows-resources =
    { $n ->
        [one] One resource
       *[other] { $n } resources
    }
flows-open =
    { $n ->
        [one] One open request
       *[other] { $n } open requests
    }
flows-open-head = Open requests
flows-step = Step { $n }
flows-no-step = There is no such step
flows-nobody = Nobody
flows-approvers = Who is asked
flows-members = The members, one a line (only where particular members are asked)
flows-quorum = How many must approve
flows-number = The number
flows-fallback = If there is nobody, ask
flows-remind = Remind after so many days (empty: never)
flows-escalate-days = Ask others too after so many days (empty: never)
flows-escalate-to = The others
flows-delete-title = Delete this approval flow?
flows-delete-open =
    { $n ->
        [0] No open request follows it.
        [one] One open request is canceled, and its requester is told.
       *[other] { $n } open requests are canceled, and their requesters are told.
    }
flows-delete-resources =
    { $n ->
        [0] No resource follows it.
        [one] One resource cannot be asked for until it has another flow.
       *[other] { $n } resources cannot be asked for until they have another flow.
    }
flows-delete-granted = Access that was granted stays.
approval-manual = Manual: the steps decide
approval-domain = Automatic for addresses of a domain
approval-role = Automatic for the role { $name }
approval-group = Automatic for the group { $name }
approvers-administrators = Administrators
approvers-manager = The requester’s manager
approvers-owner = The resource’s owner
approvers-group = Group { $name }
approvers-group-gone = A group that was deleted
approvers-members = Particular members
quorum-any = any one
quorum-all = all
quorum-number = a number of them
quorum-of = any { $n }
try-title = Try it
try-text = Pick a member and a resource to see who would be asked now. Nothing is sent.
try-person = Member (name or e-mail)
try-press = Show who is asked
try-no-resources = Create a resource first.
try-automatic = This request would be approved automatically, and nobody asked.
try-notified =
    { $n ->
        [one] One person would be notified.
       *[other] { $n } people would be notified.
    }
try-asked = { $names } ({ $n } must approve)
catalog-text = What you may ask for. Somebody decides, and you hear by mail.
catalog-search = Search the catalogue
catalog-ask = Request access
catalog-open = See your request
catalog-has = You have it
catalog-none = There is nothing to ask for yet
catalog-none-text = When administrators offer something, it appears here.
catalog-not-found = Nothing found
catalog-not-found-text = Try a part of the name.
catalog-not-now = This cannot be requested at the moment.
catalog-not-now-ask = Ask the administrators
ask-reason = Reason
ask-reason-optional = Reason (optional)
ask-days = For how many days
ask-days-most = At most { $n } days. Empty: as long as may be.
ask-days-ever = Empty: for ever.
ask-for = For whom
ask-for-myself = For myself
applications-none = You have no applications yet
applications-none-text = What you are granted appears here at once.
applications-until = Until
applications-for-ever = Without end date
applications-extend = Extend
applications-end = End access
applications-end-title = End this access?
applications-end-text = You lose your access to { $resource } at once. You can ask for it again.
done-ended = The access has ended.
mine-none = You have not asked for anything
mine-none-text = Your requests appear here with everything that happens to them.
mine-automatic = approved automatically
mine-next-steps = Next steps
mine-again = Ask again
mine-for = for { $name }
mine-remind = Remind the approvers
mine-reword = Change the reason
mine-answer = Send answer
mine-answer-label = Your answer
done-reminded = The approvers were reminded.
done-answered = Your answer is on its way.
approvals-text = Requests that wait for your vote. Your vote keeps the approval flow going.
approvals-none = Nothing waits for you
approvals-none-text = When a request comes to you, it appears here and you get a letter.
approvals-more = { $n } requests wait for you in all; the oldest are shown.
approvals-approve = Approve
approvals-deny = Deny
approvals-approve-title = Approve this request
approvals-approve-text = Your approval counts for the current step. The flow goes on by itself.
approvals-over = This request does not wait for you any more.
approvals-instead = You stand in for { $name }.
approvals-days =
    { $n ->
        [one] for one day
       *[other] for { $n } days
    }
done-voted = Your vote counts.
done-back = You are asked again yourself.
away-title = Away? Name a delegate
away-text = From the first day to the last, requests that would wait for you wait for your delegate, also those that are open already.
away-now = { $name } stands in for you
away-delegate = Delegate
away-from = First day
away-until = Last day
away-save = Save
away-end = End it now
ask-requester = Ask requester
ask-requester-title = Ask the requester
ask-requester-text = Your question goes by mail and stands in the progress, with the answer.
ask-requester-press = Send question
ask-requester-label = Question
grant-title = Grant access
grant-text = The requester is told by mail, and the resource appears in their applications.
grant-press = Grant Access
deny-title = Deny access
deny-text = The requester is told by mail, with your reason and the next steps.
deny-press = Deny Access
deny-reason = Reason
deny-next-steps = Next steps (optional)
deny-notes = Internal notes (optional, only in Insights)
override-text = This overrides the approval flow: whoever is still asked is asked no more.
cancel-request-title = Cancel this request
cancel-request-text = The request ends without a decision. Whoever asked is told why and can ask again.
cancel-request-press = Cancel request
queue-what = Asks for
queue-reason = Reason
queue-grant = Grant Access
queue-deny = Deny Access
queue-more = More
queue-keep = Keep request
queue-cancel = Cancel request
queue-retry = Retry
queue-follow = Follow the newest version
queue-vote = Vote in Approvals
queue-vote-hint = You are one of the approvers. A vote keeps the flow going; a decision here overrides it.
queue-duration = Duration
queue-manager = Requester’s manager
queue-submitter = Submitted by
queue-overridden = by { $by }, overriding the flow, { $when }
kind-join = Join
kind-resource = Resource
approval-type-manual = Manual
approval-type-automatic = Automatic
filter-title = Filter
filter-apply = Apply
filter-any = Any
filter-applied = Applied filters
filter-clear = Clear All
filter-remove = Remove filter { $filter }
filter-status = Status
filter-approval = Approval Type
filter-kind = Kind
filter-requester = Requester name
filter-from = From
filter-until = To
filter-status-open = Open
filter-status-pending = Pending
filter-status-missing-data = Missing Data
filter-status-error = Error
filter-status-approved = Approved
filter-status-denied = Denied
filter-status-canceled = Canceled
filter-status-expired = Expired
missing-one = 1 request has missing data
missing-many = { $n } requests have missing data
error-one = 1 request has an error
error-many = { $n } requests have an error
missing-view = View
missing-manager = The requester has no manager who could decide.
missing-owner = The resource has no owner who could decide.
missing-group-member = Nobody in the group could decide.
missing-approver = None of those whom this step asks could decide.
add-in-users = Add in Users
add-in-resources = Add in Resources
add-in-groups = Add in Groups
progress-error-told = There is a problem with this request. The administrators have been told and will take care of it.
progress-missing-told = Nobody can decide this request at the moment. The administrators have been told and will take care of it.
problem-group-gone = A group that the flow asks was deleted. Grant, deny or cancel the request, or have it follow the newest version of the flow.
problem-role-gone = A role that the flow names was deleted. Grant, deny or cancel the request, or have it follow the newest version of the flow.
problem-resource-gone = The resource is disabled or deleted. Enable it and retry, or deny or cancel the request.
problem-hook-failed = The provisioning hook refused for good. Retry when it is mended, or deny or cancel the request.
progress-title = Approval Progress
progress-flow = { $flow }, version { $number }
progress-flow-deleted = This flow was deleted.
progress-newer = There is a newer version, { $number }; this request keeps to its own.
progress-differs = Step { $n }: { $was } → { $is }.
progress-step = Step { $n }: { $who }
progress-done = done
progress-now = now
progress-ahead = ahead
progress-off = ended
progress-approved = { $by } approved
progress-approved-for = { $by } approved for { $away }
progress-denied = { $by } denied
progress-denied-for = { $by } denied for { $away }
progress-instead = { $name } (for { $away })
progress-waits = Waits for { $names }; approvals still needed: { $n }
progress-question = { $by } asks
status-provisioning = Pending, provisioning
status-resource-approved = Approved
status-resource-denied = Denied
why-not-a-day = Choose a day.
demo-as-colleague = Sign in as manager and approver
done-questioned = Your question is on its way.
reach-grants = Access that ends: { $names }
reach-owned = Resources that lose their owner: { $names }
reach-flows = Approval flows that ask this person by name: { $names }
reach-requests =
    { $n ->
        [one] One open request for access is canceled.
       *[other] { $n } open requests for access are canceled.
    }
reach-approvals =
    { $n ->
        [one] One request that waits for a vote goes on without it, or lacks data.
       *[other] { $n } requests that wait for a vote go on without it, or lack data.
    }
groups-delete-flows = Approval flows that ask this group: { $names }. Open requests that follow them end in Error.
groups-delete-resources = Its members can no longer ask for: { $names }
label-hook = Provisioning hook (a web address that is told when access begins and ends; empty: none)
hook-secret = This secret signs the calls of the hook, as Standard Webhooks say. It is shown only now.
event-grant-hook-failed = Provisioning hook failed
flows-domain = The domain (only where a domain is approved automatically)
insights-notes = Internal notes
queue-export = Export
queue-export-csv = CSV
queue-export-json = JSON
why-nothing-picked = Tick the requests first, or choose all that are listed.
why-too-many-picked = These are more than 10,000 requests. Narrow the filter.
bulk-title = Deciding several requests
bulk-open = Decide several
bulk-text = Tick requests in the list, or choose all that it holds with its filter, pages not shown included. Each is decided like a single one; yours and those decided meanwhile are refused.
bulk-all = All that are listed, on every page
bulk-verdict = Decision
bulk-approve = Approve
bulk-reject = Deny
bulk-reason = Reason (needed to deny a resource)
bulk-press = Decide
bulk-back = Back to the queue
bulk-look-again = Look again
bulk-result = Result
bulk-waits = waits
bulk-ok = done
bulk-pick = Select
bulk-running = { $done } of { $all } are worked off, { $refused } were refused. This goes on if you leave the page.
bulk-done = All { $all } are worked off: { $done } looked at, { $refused } refused.
home-applications = What you have, and until when.
home-approvals = What waits for your decision.
tour-catalog = Catalogue
tour-catalog-text = What you may ask for. Your requests and their progress stand under My requests, what you are granted under Applications.
tour-approvals = Approvals
tour-approvals-text = Requests that wait for your vote. If you are away, name a delegate here.
tour-resources = Resources
tour-resources-text = What members may ask for: who may, for how long, and which flow decides.
tour-flows = Approval flows
tour-flows-text = Who approves, step by step. Try a flow out before anybody follows it.
label-mails-when = How often
settings-mails-each = A letter for each request
settings-mails-daily = One letter a day, at 8 in the morning
label-mails-group = Who gets these letters
settings-mails-all = Everybody who decides requests
settings-mails-group = Only those of them in the group { $name }
label-retention-days = Decided requests are deleted after so many days (30 to 3650; empty: never)
progress-overridden-approved = Approved by the administrator { $by }, who overrode this step
progress-overridden-denied = Denied by the administrator { $by }, who overrode this step
queue-hook-grant = Provisioning call
queue-hook-end = Call at the end of access
hook-state-queued = waits; tries so far: { $n } { $problem }
hook-state-sent = answered
hook-state-failed = failed: { $problem }
hook-state-dropped = no longer needed
hook-state-overtaken = replaced by a newer call
approval-gone = Automatic for something that was deleted: choose anew
bulk-override = Deciding here overrides approval flows: whoever is still asked is asked no more.
delete-breaks =
    { $n ->
        [one] One open request follows a flow that names it: it ends in Error, for an administrator to decide.
       *[other] { $n } open requests follow a flow that names it: they end in Error, for an administrator to decide.
    }
