/** As nasty as a ledger may be: markup, quotes, a character that turns the direction of writing, and no place to break a line. */
export const hostileName = `<script>alert("x")</script>'"&\u202Egnp${'长'.repeat(60)}${'W'.repeat(90)}`
