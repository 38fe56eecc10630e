// Package arch holds the house together: its tests read the tree and fail where
// code stands in the wrong room, looks outward, or writes into another's table.
//
// The table house in house_test.go is the plan; package internal says it in
// words. A new package is entered there first. Every rule is a function of a file
// tree, so that each test runs it twice: on the real tree, which must be clean,
// and on small planted ones, where it must catch the fault.
//
// Files are read and parsed in this process and never by a command, because a
// test's result is kept until a file changes that the test itself has opened.
package arch
