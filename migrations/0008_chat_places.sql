-- Chat: where each post stands, and an end for each secret that was replaced.

-- The channel that a post for approvers was sent to: its edit goes there, whatever the connector names by then.
alter table chat_sends add column channel text;
update chat_sends set channel = (select n.channel from connectors n where n.id = chat_sends.connector_id) where what = 'post' and state = 'sent';

-- What a connector sent last, for its page.
create index chat_sends_latest on chat_sends (connector_id, created_at);

-- Replaced secrets are sealed with an end each from now on; those sealed before stop counting.
update connectors set secrets_before = null, before_until = null;
