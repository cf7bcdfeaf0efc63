//! Closed lists that are stored or sent by number. Numbers are assigned by hand and never reused.

/// An enum with the number of each variant on the wire; another number does not decode.
macro_rules! numbered {
    ($(#[$meta:meta])* $vis:vis enum $name:ident: $int:ty {
        $($(#[$doc:meta])* $variant:ident = $number:literal,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name {
            $($(#[$doc])* $variant,)+
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                <$int>::from(*self).serialize(serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let number = <$int>::deserialize(from)?;
                Self::try_from(number).map_err(serde::de::Error::custom)
            }
        }

        impl From<$name> for $int {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => $number,)+ }
            }
        }

        impl TryFrom<$int> for $name {
            type Error = bellrope_proto::codec::Malformed;

            fn try_from(number: $int) -> Result<Self, Self::Error> {
                match number {
                    $($number => Ok(Self::$variant),)+
                    _ => Err(bellrope_proto::codec::Malformed),
                }
            }
        }
    };
}
pub(crate) use numbered;
