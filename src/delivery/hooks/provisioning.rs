//! Calling provisioning hooks: signed as Standard Webhooks say, without redirects, and never at a
//! private address unless the operator allows it. Only the status of an answer counts; its body is
//! not read.
use crate::clock;
use crate::delivery::tries;
use crate::desk::access::provisioning::HookTarget;
use crate::desk::faults::broken;
use crate::desk::{Desk, access};
use crate::domain::delivery::DeliveryOutcome;
use crate::domain::{Error, Result, Time, delivery_failure};
use crate::store::deliveries::hook_calls::ClaimedCall;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use sha2::Sha256;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

const CONNECT: Duration = Duration::from_secs(5);
/// How long a hook may take to answer.
pub const PATIENCE: Duration = Duration::from_secs(15);
/// After so many tries a call is given up: with the delays, after about an hour.
pub const TRIES: i64 = 8;

/// What calls hooks.
#[derive(Clone)]
pub struct Hooks {
    client: reqwest::Client,
    private_too: bool,
}

impl Hooks {
    /// `private_too`: addresses of private networks may be called; an operator's choice.
    /// `patience`: how long an answer may take.
    pub fn new(private_too: bool, patience: Duration) -> Result<Self> {
        let client = built(client(patience).dns_resolver(Arc::new(Public { private_too })))?;
        Ok(Self { client, private_too })
    }

    /// Makes a call and writes down what it was answered.
    pub(crate) async fn deliver(&self, desk: &Desk, claimed: ClaimedCall) -> Result<DeliveryOutcome> {
        let outcome = self.attempt(desk, &claimed).await?;
        access::provisioning::hook_answered(desk, &claimed, &outcome, clock::now()).await?;
        Ok(outcome)
    }

    async fn attempt(&self, desk: &Desk, claimed: &ClaimedCall) -> Result<DeliveryOutcome> {
        let now = clock::now();
        if claimed.hold.is_too_late(now) {
            return Ok(DeliveryOutcome::Failed(delivery_failure::TOO_LATE.into()));
        }
        let (url, secret) = match access::provisioning::hook_target(desk, claimed).await? {
            HookTarget::At(url, secret) => (url, secret),
            HookTarget::Nowhere => return Ok(DeliveryOutcome::Dropped),
            HookTarget::NotSo => return Ok(DeliveryOutcome::Overtaken),
        };
        let body = serde_json::to_string(&claimed.call).map_err(|_| broken())?;
        let answer = self
            .call(&url, &[secret], claimed.hold.id.as_str(), &body, now)
            .await;
        Ok(match answer {
            Ok(()) => DeliveryOutcome::Sent,
            Err(HookTrouble::Channel(why)) => DeliveryOutcome::Paused(why),
            Err(HookTrouble::Final(why)) => DeliveryOutcome::Failed(why),
            Err(HookTrouble::Passing(why)) => {
                tries::again(&claimed.hold, TRIES, why, desk.mint, clock::now())
            }
        })
    }

    /// Calls an address that somebody typed, signed with each of the secrets: whoever is called may
    /// know the former one alone.
    pub(crate) async fn call(
        &self,
        url: &str,
        secrets: &[String],
        id: &str,
        body: &str,
        now: Time,
    ) -> Result<(), HookTrouble> {
        let url =
            reqwest::Url::parse(url).map_err(|_| HookTrouble::Final(delivery_failure::ADDRESS.into()))?;
        // A name is looked at when it is resolved; an address that is written out is not resolved
        // at all.
        let written: Option<IpAddr> = url
            .host_str()
            .and_then(|h| h.trim_matches(['[', ']']).parse().ok());
        if written.is_some_and(|ip| !self.private_too && is_private(ip)) {
            return Err(HookTrouble::Final(delivery_failure::PRIVATE.into()));
        }
        let stamp = (now.0 / 1000).to_string();
        let signatures: Option<Vec<String>> = secrets
            .iter()
            .map(|secret| sign(secret, id, &stamp, body).map(|signature| format!("v1,{signature}")))
            .collect();
        let signatures = signatures.ok_or_else(|| HookTrouble::Final(delivery_failure::SECRET.into()))?;
        let sent = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", stamp)
            .header("webhook-signature", signatures.join(" "))
            .body(body.to_owned())
            .send()
            .await;
        let answer = sent.map_err(|e| unheard(&e))?;
        let status = answer.status().as_u16();
        match status {
            200..300 => Ok(()),
            // Following would hand the call to an address that nobody configured.
            300..400 => Err(HookTrouble::Final(delivery_failure::with(
                delivery_failure::REDIRECT,
                status,
            ))),
            408 | 425 | 429 | 500.. => Err(HookTrouble::Passing(delivery_failure::answered(status))),
            _ => Err(HookTrouble::Final(delivery_failure::answered(status))),
        }
    }
}

/// Why nothing was answered, without the address: a token may be in it.
pub(crate) fn silence(e: &reqwest::Error) -> String {
    if e.is_timeout() {
        delivery_failure::NO_ANSWER.to_owned()
    } else {
        delivery_failure::NOT_REACHABLE.to_owned()
    }
}

/// Whoever cannot be reached is so for all; an answer that does not come may be this call's fault.
fn unheard(e: &reqwest::Error) -> HookTrouble {
    if e.is_connect() {
        HookTrouble::Channel(silence(e))
    } else {
        HookTrouble::Passing(silence(e))
    }
}

/// What all calls have in common: no redirects, no proxy, and an answer within `patience`.
pub(crate) fn client(patience: Duration) -> reqwest::ClientBuilder {
    let client = reqwest::Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .referer(false);
    client
        .connect_timeout(CONNECT)
        .timeout(patience)
        .user_agent("anteroom")
}

pub(crate) fn built(client: reqwest::ClientBuilder) -> Result<reqwest::Client> {
    client.build().map_err(|e| {
        tracing::error!(cause = %e, "no HTTP client");
        Error::Internal
    })
}

/// Why a call did not go through.
pub(crate) enum HookTrouble {
    /// Nobody could be reached: no call would go through now.
    Channel(String),
    /// For now, or for good.
    Passing(String),
    Final(String),
}

/// The signature of Standard Webhooks: HMAC-SHA256 over id, seconds and body, by the bytes that the
/// secret is the base64 of.
pub fn sign(secret: &str, id: &str, stamp: &str, body: &str) -> Option<String> {
    let key = STANDARD
        .decode(secret.strip_prefix("whsec_").unwrap_or(secret))
        .ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{stamp}.{body}").as_bytes());
    Some(STANDARD.encode(mac.finalize().into_bytes()))
}

/// Resolves names as the system does, and leaves private addresses out.
struct Public {
    private_too: bool,
}

impl Resolve for Public {
    fn resolve(&self, name: Name) -> Resolving {
        let private_too = self.private_too;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let usable: Vec<SocketAddr> = found.filter(|a| private_too || !is_private(a.ip())).collect();
            if usable.is_empty() {
                return Err("it has no public address".into());
            }
            Ok(Box::new(usable.into_iter()) as Addrs)
        })
    }
}

/// Whether an address belongs to this machine, a private network, or nobody in particular.
pub fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_private_v4(ip),
        IpAddr::V6(ip) => is_private_v6(ip),
    }
}

fn is_private_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b))
}

fn is_private_v6(ip: Ipv6Addr) -> bool {
    let s = ip.segments();
    // Addresses that carry one of version 4: mapped, compatible, translated (NAT64), 6to4.
    let carried = match s {
        [0, 0, 0, 0, 0, 0xffff | 0, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
            if !ip.is_loopback() && !ip.is_unspecified() =>
        {
            Some((high, low))
        }
        [0x2002, high, low, ..] => Some((high, low)),
        _ => None,
    };
    let carries = carried
        .is_some_and(|(high, low)| is_private_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))));
    carries
        || ip.is_loopback()
        || ip.is_unspecified()
        || ip.is_multicast()
        || ip.is_unique_local()
        || ip.is_unicast_link_local()
        || (s[0] == 0x2001 && (s[1] == 0 || s[1] == 0xdb8))
        || (s[0] == 0x64 && s[1] == 0xff9b && s[2] == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the specification (github.com/standard-webhooks/standard-webhooks, libraries'
    /// tests).
    #[test]
    fn signatures_are_those_of_the_specification() {
        let signed = sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(
            signed.as_deref(),
            Some("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        );
        assert_eq!(sign("whsec_!", "a", "1", ""), None);
    }

    #[test]
    fn private_addresses_are_known_in_every_dress() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "2002:7f00:1::1",
            "2001:db8::1",
        ] {
            assert!(is_private(private.parse().unwrap()), "{private}");
        }
        for public in [
            "93.184.215.14",
            "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
            "::ffff:93.184.215.14",
            "172.32.0.1",
            "100.128.0.1",
        ] {
            assert!(!is_private(public.parse().unwrap()), "{public}");
        }
    }
}
