//! A handle is a name that was looked up once. It carries the lineage of its engine and is denied, never
//! resolved, by an engine of another one.

use super::Engine;

macro_rules! handles {
    ($($(#[$doc:meta])* $name:ident $find:ident $lookup:expr;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub struct $name {
                lineage: u64,
                reference: u32,
            }
        )*

        impl Engine {
            $(
                /// Looks a name up, to be used with this engine and those that follow from it by
                /// [`Engine::apply`].
                pub fn $find(&self, name: &str) -> Option<$name> {
                    let lookup: fn(&Self, &str) -> Option<u32> = $lookup;
                    let reference = lookup(self, name)?;
                    Some($name { lineage: self.inner.lineage, reference })
                }
            )*
        }

        $(
            impl $name {
                /// The reference, if the handle belongs to the engine.
                #[inline]
                pub(crate) fn resolve(self, engine: &Engine) -> Option<u32> {
                    (self.lineage == engine.inner.lineage).then_some(self.reference)
                }
            }
        )*
    };
}

handles! {
    /// An identity that was looked up.
    IdentityHandle identity |engine, name| engine.inner.state.identity_names.find(name);
    /// A permission that was looked up.
    PermissionHandle permission Engine::permission_named;
    /// A resource that was looked up.
    ResourceHandle resource |engine, name| engine.inner.state.resource_names.find(name);
}
