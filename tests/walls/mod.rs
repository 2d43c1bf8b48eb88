//! What holds for the whole source and every door.
mod doors;
mod migrations;
mod pages;
mod plans;
mod rooms;
mod words;
