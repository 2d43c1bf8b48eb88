-- Chat: the program knows which platforms there are, so that a new one needs no step of the database.
alter table connectors add column platform_word text not null default '';
update connectors set platform_word = platform;
alter table connectors drop column platform;
alter table connectors rename column platform_word to platform;
