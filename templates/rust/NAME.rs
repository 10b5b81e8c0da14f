//! Keeps files with a certain ending from being removed.

use glossa::*;

const SUFFIX: VolumeOption<String> =
    VolumeOption::str("suffix").default(".keep").help("how names end that stay");

struct Keep {
    volume: Volume<Self>,
    refused: i64,
}

translator! {
    impl Translator for Keep {
        const OPTIONS: Options = &[&SUFFIX];
        const NEEDS: u32 = needs::PATH;

        fn init(volume: Volume<Self>) -> Result<Self, String> {
            Ok(Keep { volume, refused: 0 })
        }

        fn unlink(&mut self, frame: &mut Frame<Self>, it: fop::Unlink) -> Answer {
            let name = it.loc.name.unwrap_or_default();
            if !name.ends_with(self.volume.get(&SUFFIX).as_bytes()) {
                return Ok(frame.tail(it));
            }
            self.refused += 1;
            info!("{} stays", it.loc.path.unwrap_or_default());
            Err(EPERM)
        }

        fn statedump(&mut self, dump: &mut Dict<'static>) {
            dump.set("refused", self.refused);
        }
    }
}
