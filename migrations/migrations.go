// Package migrations holds the numbered, forward-only changes of the database
// schema. Each table stands under an "-- owner: <domain>" line; a table that
// closes with "-- series: every=... keep=..." is a time series (see package pg).
package migrations

import "embed"

// Files holds the migrations, in goose's format with an Up part only.
//
//go:embed *.sql
var Files embed.FS
