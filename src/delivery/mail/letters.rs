//! Delivering one letter. A crash between sending and writing down sends a letter twice, with one
//! Message-ID; nothing is ever lost.
use crate::clock;
use crate::delivery::mail::letter;
use crate::delivery::mail::session::MailTrouble;
use crate::delivery::mail::transport::Transport;
use crate::delivery::tries;
use crate::desk::{Desk, letters};
use crate::domain::delivery::DeliveryOutcome;
use crate::domain::{Result, delivery_failure};
use crate::store;
use crate::store::deliveries::letters::ClaimedLetter;
use std::sync::Arc;

/// Whatever hands letters over.
#[derive(Clone)]
pub struct Post {
    pub transport: Arc<Transport>,
    /// Where links begin.
    pub public_url: Arc<str>,
}

impl Post {
    /// Delivers a letter and writes down how it went.
    pub(crate) async fn deliver(&self, desk: &Desk, mut claimed: ClaimedLetter) -> Result<DeliveryOutcome> {
        let outcome = match letters::prepare_letter(desk, &mut claimed, clock::now()).await? {
            Some(over) => over,
            None => self.attempt(desk, &claimed).await,
        };
        let mut tx = desk.db.begin().await?;
        store::deliveries::outcomes::finish(&mut tx, &claimed.hold, &outcome, clock::now()).await?;
        tx.commit().await?;
        Ok(outcome)
    }

    async fn attempt(&self, desk: &Desk, claimed: &ClaimedLetter) -> DeliveryOutcome {
        let rendered = letters::letter_secret(desk, claimed.sealed.as_deref())
            .and_then(|s| letter::render(&claimed.letter, claimed.language, &self.public_url, s.as_deref()));
        let Ok(rendered) = rendered else {
            return DeliveryOutcome::Failed(delivery_failure::LETTER.into());
        };
        let (id, to) = (&claimed.hold.id, &claimed.to);
        match self.transport.send(desk, id, to, &rendered, clock::now()).await {
            Ok(()) => DeliveryOutcome::Sent,
            Err(MailTrouble::Channel(why)) => DeliveryOutcome::Paused(why),
            Err(MailTrouble::Final(why)) => DeliveryOutcome::Failed(why),
            Err(MailTrouble::Passing(why)) => {
                tries::again(&claimed.hold, tries::MOST, why, desk.mint, clock::now())
            }
        }
    }
}
