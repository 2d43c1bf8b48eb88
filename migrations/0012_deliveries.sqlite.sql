-- Calls about one person and one resource go in their order.
insert into deliveries (id, kind, org_id, channel, lane, number, job, state, reason, attempts, due_at, lease_until, created_at,
    waits_since, ended_at, account_id, request_id, resource_id)
  select id, 'hook_call', org_id, 'hook:' || resource_id, 'hook:' || resource_id || ':' || account,
    row_number() over (partition by resource_id, account order by created_at, id), call, state, problem, attempts, next_try_at,
    lease_until, created_at, created_at, ended_at, account, request_id, resource_id
    from (select h.*, json_extract(call, '$.account') as account from hook_calls h) as h;
drop table hook_calls;
