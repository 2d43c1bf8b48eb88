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
use crate::trust;
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
        let direct = client(patience)?.no_proxy();
        let client = built(direct.dns_resolver(Arc::new(Public { private_too })))?;
        Ok(Self { client, private_too })
    }

    /// As [`Hooks::new`], by the proxy that the environment names; an operator's choice. Names are then
    /// resolved by the proxy, and it alone can keep calls from private addresses behind them.
    pub fn by_proxy(private_too: bool, patience: Duration) -> Result<Self> {
        let client = built(client(patience)?)?;
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

/// What all calls have in common: no redirects, and an answer within `patience`. The proxy that the
/// environment names (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`) is taken.
pub(crate) fn client(patience: Duration) -> Result<reqwest::ClientBuilder> {
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(trust::https().map_err(|e| unbuilt(&e))?)
        .redirect(Policy::none())
        .referer(false);
    Ok(client
        .connect_timeout(CONNECT)
        .timeout(patience)
        .user_agent("anteroom"))
}

pub(crate) fn built(client: reqwest::ClientBuilder) -> Result<reqwest::Client> {
    client.build().map_err(|e| unbuilt(&e))
}

fn unbuilt(cause: &dyn std::error::Error) -> Error {
    tracing::error!(%cause, "no HTTP client");
    Error::Internal
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

/// The special-purpose blocks of IANA's registry for version 4 (RFC 6890 and later), and multicast.
const SPECIAL_V4: [([u8; 4], u8); 18] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 31, 196, 0], 24),
    ([192, 52, 193, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([192, 175, 48, 0], 24),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

/// Those of version 6 that lie within global unicast, 2000::/3: protocol assignments (Teredo, ORCHID,
/// benchmarking and others are among them), documentation, 6to4, AS112.
const SPECIAL_V6: [([u16; 8], u8); 5] = [
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16),
    ([0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0], 48),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
];

fn is_private_v4(ip: Ipv4Addr) -> bool {
    let within = |(block, bits): &([u8; 4], u8)| {
        (u32::from(ip) ^ u32::from_be_bytes(*block)) >> (32 - u32::from(*bits)) == 0
    };
    SPECIAL_V4.iter().any(within)
}

fn is_private_v6(ip: Ipv6Addr) -> bool {
    // Two notations of addresses of version 4 lead there: mapped, and translated by NAT64 (RFC 6052).
    // Whatever else carries one is within a special block, or outside of global unicast.
    if let [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] = ip.segments() {
        return is_private_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    }
    let within = |(block, bits): &([u16; 8], u8)| {
        (u128::from(ip) ^ u128::from(Ipv6Addr::from(*block))) >> (128 - u32::from(*bits)) == 0
    };
    let is_global_unicast = ip.segments()[0] >> 13 == 1;
    !is_global_unicast || SPECIAL_V6.iter().any(within)
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

    /// S32: the first and the last address of each special-purpose block of IANA's registries, and
    /// their neighbours where those are public.
    #[test]
    fn row_s32_no_special_purpose_address_is_public() {
        for special in [
            "0.0.0.0 0.255.255.255",
            "10.0.0.0 10.255.255.255",
            "100.64.0.0 100.127.255.255",
            "127.0.0.0 127.255.255.255",
            "169.254.0.0 169.254.169.254 169.254.255.255",
            "172.16.0.0 172.31.255.255",
            "192.0.0.0 192.0.0.9 192.0.0.170 192.0.0.255",
            "192.0.2.0 192.0.2.255 192.31.196.1 192.52.193.1 192.88.99.0 192.88.99.255",
            "192.168.0.0 192.168.255.255 192.175.48.1",
            "198.18.0.0 198.19.255.255 198.51.100.1 203.0.113.255",
            "224.0.0.0 239.255.255.255 240.0.0.0 255.255.255.255",
            ":: ::1 ::ffff ::7f00:1 ::127.0.0.1 ::93.184.215.14",
            "::ffff:127.0.0.1 ::ffff:10.1.2.3 ::ffff:192.88.99.1 ::ffff:255.255.255.255",
            "::ffff:0:0:0 ::ffff:0:93.184.215.14 ::ffff:0:ffff:ffff",
            "64:ff9b::10.0.0.1 64:ff9b::169.254.169.254 64:ff9b:1:: 64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
            "100:: 100::ffff:ffff:ffff:ffff 100:0:0:1:: 100:0:0:1:ffff:ffff:ffff:ffff",
            "2001:: 2001:0:ffff:ffff:ffff:ffff:ffff:ffff 2001:1::1 2001:1::2 2001:1::3 2001:2::1 2001:3::1",
            "2001:4:112::1 2001:10::1 2001:20:: 2001:2f:ffff:ffff:ffff:ffff:ffff:ffff 2001:30::1",
            "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff 2001:db8:: 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
            "2002:: 2002:7f00:1::1 2002:5db8:d70e::1 2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            "2620:4f:8000:: 2620:4f:8000:ffff:ffff:ffff:ffff:ffff",
            "3fff:: 3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff 5f00:: 5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            "fc00:: fd00::1 fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff fe80::1 febf::1 fec0:: feff::1 ff02::1",
            "1:: 1fff::1 4000:: 8000::1 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        ]
        .iter()
        .flat_map(|line| line.split(' '))
        {
            assert!(is_private(special.parse().unwrap()), "{special}");
        }
        for public in [
            "1.0.0.0 9.255.255.255 11.0.0.0 93.184.215.14 100.63.255.255 100.128.0.0 126.255.255.255",
            "128.0.0.0 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0",
            "192.0.3.0 192.88.98.255 192.88.100.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0",
            "198.51.101.0 203.0.112.255 203.0.114.0 223.255.255.255",
            "::ffff:93.184.215.14 64:ff9b::93.184.215.14",
            "2000::1 2001:200::1 2001:db7::1 2001:db9::1 2003::1 2606:2800:21f:cb07:6820:80da:af6b:8b2c",
            "2620:4f:7fff::1 2620:4f:8001::1 3ffe::1 3fff:1000::1",
        ]
        .iter()
        .flat_map(|line| line.split(' '))
        {
            assert!(!is_private(public.parse().unwrap()), "{public}");
        }
    }
}
