//! What holds for the whole source and every door.
mod arrows;
mod documents;
mod doors;
mod existence;
mod forms;
mod lists;
mod migrations;
mod pages;
mod plans;
mod rooms;
mod spans;
mod statements;
mod text;
mod turns;
mod upgrade;
mod words;
