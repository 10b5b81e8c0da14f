//! Logs all that every fop and every reply carry, and passes them on.
use super::shapes::*;
stateless!(Module);
macro_rules! make {
    ($($fop:ident $cbk:ident $type:ident,)*) => {
        translator! {
            impl Translator for Module {
                const NEEDS: u32 = needs::PATH;
                fn init(_: Volume<Self>) -> Result<Self, String> {
                    Self::new()
                }
                $(
                    fn $fop(&mut self, frame: &mut Frame<Self>, it: fop::$type) -> Answer {
                        info!("{}", describe(&it.values()));
                        Ok(frame.wind(it))
                    }
                    fn $cbk(&mut self, frame: &mut Frame<Self>, reply: reply::$type) -> Answer {
                        info!("{}", describe(&reply.values()));
                        Ok(frame.unwind(reply))
                    }
                )*
            }
        }
    };
}
each_fop!(make);
