-- Chat: why a connector refused what came to it last, so that whoever sets it up sees it.
alter table connectors add column refused_at bigint;
alter table connectors add column refused text not null default '';
-- Our own reasons are stored by their keys.
update contacts set unreachable = 'undelivered-opted-out' where unreachable = 'asked to be sent nothing more (STOP)';
