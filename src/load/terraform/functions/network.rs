//! Functions of IP networks, of both families: an address is a number of 32 or 128 bits.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::load::terraform::functions::{Call, Function, Outcome, Unsettled};
use crate::node::{Node, Value};
use crate::text::Shape;

pub(super) static TABLE: &[(&str, Function)] = &[
    ("cidrhost", |call| {
        let (Some(network), number) = (network(call)?, call.whole(1)?) else {
            return Ok(call.text_hole(Shape::Any));
        };
        let size = network.size();
        // A negative number counts from the end [language/functions/cidrhost].
        let at = if number < 0 {
            size.map_or(Some(0), |size| size.checked_sub(u128::from(number.unsigned_abs())))
                .map(|at| if size.is_none() { 0_u128.wrapping_sub(number.unsigned_abs().into()) } else { at })
        } else {
            Some(u128::from(number.unsigned_abs())).filter(|at| size.is_none_or(|size| *at < size))
        };
        let at = at.ok_or_else(|| refused("this network has no such host"))?;
        Ok(Node::text(network.family.shown(network.base.wrapping_add(at)), call.span))
    }),
    ("cidrnetmask", |call| match network(call)? {
        Some(Network { family: Family::V6, .. }) => Err(refused("a network mask is one of IPv4")),
        Some(network) => Ok(Node::text(network.family.shown(network.mask()), call.span)),
        None => Ok(call.text_hole(Shape::Any)),
    }),
    ("cidrsubnet", |call| {
        let (Some(network), bits, number) = (network(call)?, call.whole(1)?, call.whole(2)?) else {
            return Ok(call.text_hole(Shape::Any));
        };
        let subnet = network.subnet(bits, u128::try_from(number).ok());
        Ok(Node::text(subnet.ok_or_else(|| refused("this network has no such part"))?.shown(), call.span))
    }),
    ("cidrsubnets", subnets),
];

fn refused(why: &str) -> Unsettled {
    Unsettled::Refused(why.to_owned())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    V4,
    V6,
}

impl Family {
    fn bits(self) -> u32 {
        match self {
            Self::V4 => 32,
            Self::V6 => 128,
        }
    }

    fn shown(self, address: u128) -> String {
        match self {
            Self::V4 => {
                Ipv4Addr::from_bits(u32::try_from(address & u128::from(u32::MAX)).unwrap_or(0)).to_string()
            }
            Self::V6 => Ipv6Addr::from_bits(address).to_string(),
        }
    }
}

/// A network: its first address, and how many bits all of its addresses share
#[derive(Clone, Copy)]
struct Network {
    family: Family,
    base: u128,
    prefix: u32,
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let (family, bits) = match address.parse::<IpAddr>().ok()? {
            IpAddr::V4(address) => (Family::V4, u128::from(address.to_bits())),
            IpAddr::V6(address) => (Family::V6, address.to_bits()),
        };
        let prefix = prefix.parse().ok().filter(|prefix| *prefix <= family.bits())?;
        let network = Self { family, base: 0, prefix };
        Some(Self { base: bits & network.mask(), ..network })
    }

    fn mask(&self) -> u128 {
        let all = u128::MAX >> (128 - self.family.bits());
        let hosts = u128::MAX.checked_shr(128 - (self.family.bits() - self.prefix)).unwrap_or(0);
        all & !hosts
    }

    /// How many addresses it has; `None` where that is more than a number holds
    fn size(&self) -> Option<u128> {
        1_u128.checked_shl(self.family.bits() - self.prefix)
    }

    /// One of its parts, of so many more bits
    fn subnet(&self, bits: i64, number: Option<u128>) -> Option<Self> {
        let bits = u32::try_from(bits).ok()?;
        let prefix = self.prefix.checked_add(bits).filter(|prefix| *prefix <= self.family.bits())?;
        let number = number?;
        let parts = 1_u128.checked_shl(bits);
        if parts.is_some_and(|parts| number >= parts) {
            return None;
        }
        let offset = number.checked_shl(self.family.bits() - prefix).unwrap_or(0);
        Some(Self { base: self.base | offset, prefix, ..*self })
    }

    fn shown(&self) -> String {
        format!("{}/{}", self.family.shown(self.base), self.prefix)
    }
}

/// The network of the first argument; `None` where it is not known
fn network(call: &Call<'_>) -> Result<Option<Network>, Unsettled> {
    let text = call.text(0)?;
    let Some(text) = text.as_literal() else { return Ok(None) };
    Network::parse(text).map(Some).ok_or_else(|| Unsettled::Refused(format!("`{text}` is no network")))
}

/// Parts one behind the other, each of so many more bits, each at a multiple of its own size
fn subnets(call: &Call<'_>) -> Outcome {
    let Some(network) = network(call)? else { return Err(Unsettled::Unknown) };
    let end = network.size().map(|size| network.base + (size - 1));
    let mut next = Some(network.base);
    let mut parts = Vec::new();
    for at in 1..call.args.len() {
        let none = || refused("this network has no room for these parts");
        let part = network.subnet(call.whole(at)?, Some(0)).ok_or_else(none)?;
        let size = part.size().ok_or_else(none)?;
        let from = next.ok_or_else(none)?;
        let base = from.checked_add(size - 1).ok_or_else(none)? / size * size;
        let last = base.checked_add(size - 1).ok_or_else(none)?;
        if end.is_some_and(|end| last > end) {
            return Err(none());
        }
        next = last.checked_add(1);
        parts.push(Node::text(Network { base, ..part }.shown(), call.span));
    }
    Ok(call.node(Value::List(parts)))
}
