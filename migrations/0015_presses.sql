-- What a press of a button did is done once: the first event that it made names it.
alter table events add column press text;
create unique index events_press on events (press) where press is not null;
