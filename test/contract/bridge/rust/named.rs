//! Passes every fop on with its arguments named.
use super::shapes::*;
stateless!(Module);
macro_rules! make {
    ($($fop:ident $cbk:ident $type:ident,)*) => {
        translator! {
            impl Translator for Module {
                fn init(_: Volume<Self>) -> Result<Self, String> {
                    Self::new()
                }
                $(
                    fn $fop(&mut self, frame: &mut Frame<Self>, it: fop::$type) -> Answer {
                        Ok(frame.tail(fop::$type { ..it }))
                    }
                )*
            }
        }
    };
}
each_fop!(make);
