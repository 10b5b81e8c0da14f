//! Makes dicts, and changes those of requests.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn stat(&mut self, frame: &mut Frame<Self>, it: fop::Stat) -> Answer {
            let mut dict = Dict::new();
            dict.set("int", 1).set("str", "s").set("bin", vec![0, 0xff]).set("half", 0.5);
            dict.set("yes", true);
            Ok(frame.tail(fop::Stat { xdata: Some(&dict), ..it }))
        }
        fn access(&mut self, frame: &mut Frame<Self>, it: fop::Access) -> Answer {
            let mut dict = it.xdata.ok_or(EINVAL)?.clone();
            let buf = Iatt { ia_size: 5, ..dict.get_iatt("buf").ok_or(EINVAL)? };
            dict.set("count", 2u64).set("gfid-req", Gfid::NULL).set("text", 3).set("owner", 7u64);
            dict.remove("gone");
            dict.set("buf", buf);
            Ok(frame.tail(fop::Access { xdata: Some(&dict), ..it }))
        }
    }
}
