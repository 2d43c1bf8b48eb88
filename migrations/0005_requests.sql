-- Settings of access requests: whether administrators get letters about new ones, and how long one lives (milliseconds).
alter table organisations add column mails_requests bigint not null default 1 check (mails_requests in (0, 1));
alter table organisations add column request_life bigint not null default 2592000000;
-- Insights that look for one type of event.
create index events_type on events (org_id, what, seq);
