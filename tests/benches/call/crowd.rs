//! The same action in connectors with 1, 10, 100 and 1,000 of them.

use connector_sdk::manifest::Manifest;
use connector_sdk::prelude::*;
use connector_sdk::{Call, Connector, Factory, Run, Settings};

use super::greeting::{Greeting, greet};

macro_rules! connectors {
    ($($(#[$doc:meta])* $connector:ident: $($action:ident)*;)*) => {$(
        $(#[$doc])*
        #[connector(id = "greeter", auth = bearer(token))]
        pub(crate) struct $connector {
            /// What proves who is greeting.
            #[secret]
            token: Secret,
        }

        #[connector]
        impl $connector {
            $(
                /// Greets somebody.
                #[action(read)]
                async fn $action(
                    &self,
                    /// Who is greeted.
                    #[arg(length = 1..=80)]
                    name: String,
                    /// How often.
                    #[arg(range = 1..=100)]
                    count: u32,
                    /// How warmly.
                    #[arg(range = 0.0..=1.0)]
                    ratio: f64,
                ) -> Result<Greeting> {
                    Ok(greet(&name, count, ratio))
                }
            )*

            /// Is there a token?
            #[health]
            async fn health(&self) -> Result<()> {
                if self.token.expose().is_empty() { Err(Error::auth("no token")) } else { Ok(()) }
            }
        }
    )*};
}

connectors! {
    /// One action.
    One: greet_00;

    /// Ten actions.
    Ten: greet_00 greet_01 greet_02 greet_03 greet_04 greet_05 greet_06 greet_07 greet_08 greet_09;

    /// A hundred actions.
    Hundred:
        greet_00 greet_01 greet_02 greet_03 greet_04 greet_05 greet_06 greet_07 greet_08 greet_09
        greet_10 greet_11 greet_12 greet_13 greet_14 greet_15 greet_16 greet_17 greet_18 greet_19
        greet_20 greet_21 greet_22 greet_23 greet_24 greet_25 greet_26 greet_27 greet_28 greet_29
        greet_30 greet_31 greet_32 greet_33 greet_34 greet_35 greet_36 greet_37 greet_38 greet_39
        greet_40 greet_41 greet_42 greet_43 greet_44 greet_45 greet_46 greet_47 greet_48 greet_49
        greet_50 greet_51 greet_52 greet_53 greet_54 greet_55 greet_56 greet_57 greet_58 greet_59
        greet_60 greet_61 greet_62 greet_63 greet_64 greet_65 greet_66 greet_67 greet_68 greet_69
        greet_70 greet_71 greet_72 greet_73 greet_74 greet_75 greet_76 greet_77 greet_78 greet_79
        greet_80 greet_81 greet_82 greet_83 greet_84 greet_85 greet_86 greet_87 greet_88 greet_89
        greet_90 greet_91 greet_92 greet_93 greet_94 greet_95 greet_96 greet_97 greet_98 greet_99;
}

/// A thousand actions, all of them the one of [`One`] under other names: compiling a thousand methods
/// would take longer than all else here, and say no more about a call.
pub(crate) struct Thousand(Manifest);

impl Thousand {
    /// Its factory.
    pub(crate) fn new() -> Self {
        let mut manifest = connector_sdk::factory::<One>().manifest().clone();
        let one = manifest.actions.remove(0);
        manifest.actions = (0..1000)
            .map(|number| {
                let mut action = one.clone();
                action.name = format!("greet_{number:02}");
                action.command = action.name.clone();
                action
            })
            .collect();
        Self(manifest)
    }
}

impl Factory for Thousand {
    fn manifest(&self) -> &Manifest {
        &self.0
    }

    fn open(&self, settings: &Settings) -> Result<Box<dyn Connector>> {
        let one = connector_sdk::factory::<One>().open(settings)?;
        Ok(Box::new(Opened { manifest: self.0.clone(), one }))
    }
}

struct Opened {
    manifest: Manifest,
    one: Box<dyn Connector>,
}

impl Connector for Opened {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn prepare<'a>(&'a self, mut call: Call<'a>) -> Result<Run<'a>> {
        call.index = 0;
        self.one.prepare(call)
    }
}
