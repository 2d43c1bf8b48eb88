-- Chat: what waits of one person is in the order in which it was kept, not by the clocks of the servers that kept it.
update chat_events set number = placed.place
  from (select id, row_number() over (partition by connector_id, lane order by created_at, number, id) as place
    from chat_events where state = 'queued') as placed
  where placed.id = chat_events.id;
drop index chat_events_waiting;
create index chat_events_waiting on chat_events (connector_id, lane, number, id) where state = 'queued';
