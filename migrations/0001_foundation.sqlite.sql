create table events (
  seq integer primary key autoincrement,
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

create trigger events_keep_update before update on events begin select raise(abort, 'history is never changed'); end;
create trigger events_keep_delete before delete on events begin select raise(abort, 'history is never changed'); end;
create trigger seals_keep_update before update on seals begin select raise(abort, 'history is never changed'); end;
create trigger seals_keep_delete before delete on seals begin select raise(abort, 'history is never changed'); end;
create trigger sealed_events_keep_update before update on sealed_events begin select raise(abort, 'history is never changed'); end;
create trigger sealed_events_keep_delete before delete on sealed_events begin select raise(abort, 'history is never changed'); end;
