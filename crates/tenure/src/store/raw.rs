//! Rows of plain numbers as bytes: nothing else is written and read as fast.

use alloc::vec::Vec;

use crate::time::Timestamp;

/// A value of a fixed number of bytes.
pub(crate) trait Raw: Sized {
    /// How many bytes.
    const SIZE: usize;

    /// Adds them to `out`, little-endian.
    fn put(&self, out: &mut Vec<u8>);

    /// Reads them from the front of `bytes`; none if there are too few or they mean nothing.
    fn take(bytes: &mut &[u8]) -> Option<Self>;
}

macro_rules! raw_numbers {
    ($($number:ty)*) => {$(
        impl Raw for $number {
            const SIZE: usize = size_of::<$number>();

            fn put(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }

            #[inline]
            fn take(bytes: &mut &[u8]) -> Option<Self> {
                let (own, rest) = bytes.split_first_chunk()?;
                *bytes = rest;
                Some(Self::from_le_bytes(*own))
            }
        }
    )*};
}

raw_numbers!(u8 u16 u32 u64 i64);

impl Raw for bool {
    const SIZE: usize = 1;

    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    #[inline]
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        match u8::take(bytes)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Raw for Timestamp {
    const SIZE: usize = 8;

    fn put(&self, out: &mut Vec<u8>) {
        self.as_millis().put(out);
    }

    #[inline]
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        Self::from_millis(i64::take(bytes)?).ok()
    }
}

impl<A: Raw, B: Raw> Raw for (A, B) {
    const SIZE: usize = A::SIZE.saturating_add(B::SIZE);

    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    #[inline]
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        Some((A::take(bytes)?, B::take(bytes)?))
    }
}

/// Lets rows be read and written field by field; the fields stand in the order named.
macro_rules! raw_row {
    ($($row:ident { $($field:ident),* $(,)? })*) => {$(
        impl crate::store::Raw for $row {
            const SIZE: usize = {
                // The sizes of the fields, by way of a function that names their types.
                const fn size<T: crate::store::Raw>(_: &dyn Fn(&$row) -> &T) -> usize {
                    T::SIZE
                }
                0usize $(.saturating_add(size(&|row: &$row| &row.$field)))*
            };

            fn put(&self, out: &mut alloc::vec::Vec<u8>) {
                $(crate::store::Raw::put(&self.$field, out);)*
            }

            #[inline]
            fn take(bytes: &mut &[u8]) -> Option<Self> {
                Some(Self { $($field: crate::store::Raw::take(bytes)?),* })
            }
        }
    )*};
}
pub(crate) use raw_row;
