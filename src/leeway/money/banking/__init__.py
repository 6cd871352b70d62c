"""What banks accept, as plain functions: no database, no clock, no network.

`modulus` checks that an account number fits its sort code, `working_days` knows when banks and Bacs work,
`bacs18` writes and reads Bacs Standard 18 files, `iso20022` writes pain.001 messages; all of them take the
`Credit` and `Originator` of `payment`. What may not be paid is refused before a byte is written.
`statement` reads what a bank says happened (`lines`), in any of its formats (`readers`).
"""
