//! What a chat message brings beside words, by the names that all platforms share.
use super::word_enum::word_enum;

word_enum! {
    #[derive(Default)]
    /// The kind of a message. With `Text` it has words alone; of the others words may come with them.
    ContentKind {
        #[default]
        Text = "text",
        Image = "image",
        Video = "video",
        Audio = "audio",
        File = "file",
        Location = "location",
        Contact = "contact",
        Sticker = "sticker",
        Poll = "poll",
        Card = "card",
        Other = "other",
    }
}

impl ContentKind {
    /// The kind of a file of this media type, as `image/png`.
    pub fn of_media(media_type: &str) -> Self {
        let lower = media_type.to_ascii_lowercase();
        match lower.split(['/', ';']).next().unwrap_or_default() {
            _ if lower.contains("vcard") => Self::Contact,
            "image" => Self::Image,
            "video" => Self::Video,
            "audio" => Self::Audio,
            _ => Self::File,
        }
    }
}
