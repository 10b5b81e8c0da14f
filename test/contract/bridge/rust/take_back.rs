//! Invalidates cached names and inodes, chosen by the looked-up name.
use super::shapes::*;
stateless!(Module);

const FORGOTTEN: Gfid =
    Gfid([1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0, 0, 0, 0, 0, 0, 0, 0]);

translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn lookup(&mut self, frame: &mut Frame<Self>, it: fop::Lookup) -> Answer {
            let volume = frame.volume();
            let Loc { name, gfid, pargfid, .. } = *it.loc;
            let name = name.and_then(Name::to_str).unwrap_or_default();
            match name {
                "entry" => volume.invalidate_entry(pargfid, name, false),
                "expire" => volume.invalidate_entry(pargfid, name, true),
                "inode" => volume.invalidate_inode(gfid, true),
                "attributes" => volume.invalidate_inode(gfid, false),
                "removed" => volume.invalidate_removed(pargfid, name, gfid),
                "every" => volume.invalidate_entries(),
                "wrong" => volume.invalidate_entry(pargfid, "a/b", false),
                _ => {
                    volume.invalidate_inode(FORGOTTEN, true);
                    volume.invalidate_entry(FORGOTTEN, "name", false);
                }
            }
            Ok(frame.tail(it))
        }
    }
}
