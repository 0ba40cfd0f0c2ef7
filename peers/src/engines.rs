//! The engines, one file each: its translation of the rules, its input, its call.

mod by_hand;
mod cedar;
mod cel;
mod provisor;
mod regorus;
#[cfg(feature = "zen")]
mod zen;

pub use self::by_hand::ByHand;
pub use self::cedar::Cedar;
pub use self::cel::Cel;
pub use self::provisor::Provisor;
pub use self::regorus::Regorus;
#[cfg(feature = "zen")]
pub use self::zen::Zen;
