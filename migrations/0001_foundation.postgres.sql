create table events (
  seq bigint generated always as identity primary key,
  id text not null unique,
  org_id text,
  account_id text,
  actor_id text,
  what text not null,
  object text not null,
  at bigint not null,
  digest text not null
);
create index events_organisation on events (org_id, seq);
create index events_account on events (account_id, seq);
create index events_object on events (org_id, object, seq);

create function keep_history() returns trigger language plpgsql as $$
begin
  raise exception 'history is never changed';
end;
$$;
create trigger events_keep before update or delete on events for each row execute function keep_history();
create trigger events_keep_all before truncate on events for each statement execute function keep_history();
create trigger seals_keep before update or delete on seals for each row execute function keep_history();
create trigger seals_keep_all before truncate on seals for each statement execute function keep_history();
create trigger sealed_events_keep before update or delete on sealed_events for each row execute function keep_history();
create trigger sealed_events_keep_all before truncate on sealed_events for each statement execute function keep_history();
