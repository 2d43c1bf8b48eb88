-- Sorted by bytes, as SQLite does.
alter table resources alter column sorts_as type text collate "C";
