-- Settings of access requests: whether administrators get letters about new ones, and how long one lives (milliseconds).
alter table organisations add column mails_requests bigint not null default 1 check (mails_requests in (0, 1));
alter table organisations add column request_life bigint not null default 2592000000;
-- Insights that look for one type of event.
create index events_type on events (org_id, what, seq);
-- Where something was done from, apart from what was done: erasing a person takes the place from what they did in organisations, and
-- leaves what it was. Details of before hold their place themselves, and have no digest of it.
alter table events add column place_digest text;
alter table event_details add column place text;
alter table event_details add column place_salt text;
