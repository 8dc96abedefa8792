//! Compiles the screens and embeds their fonts: the appliance has no font files of its own.
use slint_build::{CompilerConfiguration, EmbedResourcesKind};

fn main() -> Result<(), slint_build::CompileError> {
    let configuration =
        CompilerConfiguration::new().embed_resources(EmbedResourcesKind::EmbedFiles);
    slint_build::compile_with_config("ui/till.slint", configuration)
}
