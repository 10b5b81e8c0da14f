//! The translators that carry out steps in methods of every fop.

use super::shapes::*;
use super::steps::*;

macro_rules! make {
    ($($fop:ident $cbk:ident $type:ident,)*) => {
        carrier!(each_fop needs::PATH; fops $($fop $type)*; cbks; cancels; rest {});
        carrier!(each_cbk needs::PATH; fops; cbks $($cbk $type)*; cancels; rest {});
        carrier!(each needs::PATH; fops $($fop $type)*; cbks $($cbk $type)*; cancels; rest {});
    };
}
each_fop!(make);
