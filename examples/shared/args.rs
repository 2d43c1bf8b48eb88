//! Arguments of benches.

/// Takes `name N` out of the arguments.
pub fn number(args: &mut Vec<String>, name: &str) -> anyhow::Result<usize> {
    let at = args
        .iter()
        .position(|a| a == name)
        .ok_or_else(|| anyhow::anyhow!("{name} N is missing"))?;
    let value = args.remove(at + 1).parse()?;
    args.remove(at);
    Ok(value)
}
