-- Whose turn it is: a claim enters the index once for each organisation at each channel, however much waits there.
create index deliveries_turns on deliveries ((channel || ' ' || coalesce(org_id, '')), due_at, id) where state = 'queued';
drop index deliveries_due;
