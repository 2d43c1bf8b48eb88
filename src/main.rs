//! The command line: serve (default), migrate, check-config, backup, restore, verify, deliveries,
//! reset-link, unlink, vouch, list, create-organisation, make-admin, copy, place.
#![forbid(unsafe_code)]
use anteroom::config::{self, Command, Config};
use anteroom::serve::{commands, copy, logs, server};
use std::process::ExitCode;

/// Pages are made of many small texts: a quarter of a page's time was spent in the system's
/// allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let (command, config) = match config::parse(std::env::args_os(), &|name| std::env::var(name).ok()) {
        Ok(parsed) => parsed,
        Err(refusal) => {
            refusal.print();
            return ExitCode::from(refusal.exit_code());
        }
    };
    logs::begin(config.json_logs);
    // One TLS provider for mail, providers and PostgreSQL.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => {
            eprintln!("anteroom: cannot start: {e}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(run(command, config));
    // A name server or a disk that does not answer must not keep the process.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("anteroom: {}", logs::told(&e));
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command, config: Config) -> anyhow::Result<()> {
    match command {
        Command::Serve { .. } => server::run(config).await,
        Command::Migrate => commands::migrate(&config).await,
        Command::CheckConfig => {
            println!("{}", config.describe());
            Ok(())
        }
        Command::Backup { file } => commands::backup(&config, &file).await,
        Command::Restore { file } => commands::restore(&config, &file).await,
        Command::Verify { witness } => commands::verify(&config, &witness).await,
        Command::Deliveries => commands::deliveries(&config).await,
        Command::ResetLink { email } => commands::reset_link(&config, &email).await,
        Command::Unlink { organisation } => commands::unlink(&config, &organisation).await,
        Command::Place { address } => commands::place(&config, address),
        Command::Vouch { organisation } => commands::vouch(&config, &organisation).await,
        Command::List => commands::list(&config).await,
        Command::CreateOrganisation {
            organisation,
            name,
            customer_number,
            email,
        } => commands::create_organisation(&config, organisation, name, customer_number, &email).await,
        Command::Copy { from, to } => copy::copy(&config, from.as_deref(), &to).await,
        Command::MakeAdmin { organisation, email } => {
            commands::make_admin(&config, &organisation, &email).await
        }
    }
}
