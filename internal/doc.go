// Package internal is the map of the house; the rooms are its subfolders.
//
// Assay answers two questions: which model does my work best, and how do I run
// that work through it, cheaply and safely? It lets models write programs for
// problems that they have not seen, executes what they wrote in a sandbox, and
// ranks them by what passed. One binary, one Postgres.
//
// # Words
//
// Each thing has one name, in code, tables and pages alike. A new noun is
// entered here before it is used.
//
//	Org, Member, Role    a tenant; a person in it; what that person may be there
//	Account, Link        a person, whatever their orgs; a way to sign in that works once
//	Actor, Permission    on whose behalf something is done; one thing a role may do
//	Provider             a vendor's API as an org has connected it
//	Model                one model of a provider, with its prices
//	Credential           an org's key to a provider; it is sealed and never shown again
//	Simulated            of a model: played by Assay itself, and marked so wherever it stands
//	Adapter              the code that speaks one kind of provider's language
//	Call                 one request to one model: tokens, cost, time, outcome
//	Suite, Problem       a named set of problems; one entry of the test bank
//	Version              the numbered text of a problem: prompt, reference, test
//	Benchmark            a definition: suite, models, settings
//	Run                  one execution of a benchmark, with its own copy of the settings
//	Attempt              one model at one problem, once
//	Sample               which of several attempts of a model at the same problem
//	Claim                somebody has taken an attempt up; only the latest claim may write
//	Transcript           what an attempt said and did, apart from the row that is counted
//	Score                what executing an attempt's program measured: checks, time, memory
//	Verdict              what an attempt's score comes to, from passed to infrastructure
//	Settled              of an attempt: it has its verdict, and nothing more will happen
//	Board                a leaderboard: the verdicts by model, for a filter and a period
//	Cell                 what is counted of one model at one problem
//	Interval, Spread     where the true value lies with 95 % confidence; the ranks that fit
//	Event, Topic         a change that has committed; what it is about
//	Position             the place of an event in the order of all of them
//	Stream               an open connection that events are sent along
//	Job, Queue, Node     work to be done later; where it waits; a process that does it
//	Series               a table that is cut by time, made ahead and dropped behind
//	Fault                an error with a kind, and a sentence that people may read
//
// These wait for their rooms and mean nothing else until then: Agent, Task,
// Batch, Workflow, Step, Gate, Variant, Scenario, Ballot, Experiment. When
// judges come, their joint result is a Verdict as well, with its interval.
//
// # Where things are
//
// Say it aloud: queries/x.sql feeds internal/x; web/<segment> serves /<segment>;
// internal/rest/<resource> serves /api/v1/<resource>; internal/app ties the knots.
//
// The rings, from the inside out. What stands in brackets is a room of its own
// under the one before.
//
//	0 words       id  fault  money  stat; migrations and static, which hold files only
//	1 machinery   pg (embedded pgtest)  event  queue  secret
//	2 tenancy     access  org  signin
//	3 supply      provider (openai simulated providertest)  problem (humaneval starter)  sandbox
//	4 flow        gateway
//	5 evaluation  score (extract)  bench
//	6 insight     board
//	7 surfaces    live  rest (health)
//	8 web         web, the router, over its pages:
//	              leaderboard models runs attempts search problems providers signin start
//	              methodology gallery; each in the frame of asset, ui and shell
//	9 knots       app, the one package that knows everything
//	  doors       cmd/assay, the binary; web/asset/cmd/build, which bundles the assets
//
// How a run flows through them:
//
//	web/runs --> bench: one transaction writes run, attempts and jobs
//	                |
//	  queue: generate --> gateway --> provider adapter     answer, transcript
//	                |
//	  queue: score ----> score --> sandbox                 score, verdict: settled
//	                |
//	              event --> live --> browsers and programs
//	                |
//	              board: a completed run is counted, once
//
// # Who may import whom
//
//   - Imports go inward, or to a mate of the same ring that the table in
//     internal/arch names. That table lists every package; a package that is not
//     in it does not pass.
//   - A domain's generated code, internal/<d>/internal/db, is imported by its
//     store.go alone. Other SQL stands in pg, or in store.go if sqlc cannot do it.
//   - Only app and cmd import provider adapters, register workers and give the
//     router its pages. The gateway knows adapters by their interface.
//   - A page imports its domains and its frame, never another page. web/ui knows
//     no domain. Nothing in internal but app imports web.
//   - pgtest and providertest are for tests, which may import them from any room.
//   - Upward, a room speaks by event or job, never by a hook. What must happen
//     together is enqueued in the same transaction, and the transaction is an
//     argument, never hidden in a context.
//   - An interface stands where it is used, when there are two implementations
//     or the user needs less than there is.
//
// # Who may touch what
//
//   - Each table has one owner, named above its CREATE TABLE. Reads may cross
//     domains; INSERT, UPDATE and DELETE stand in the owner's query file only.
//   - A query takes the org it is for as @org_id, or says why it has none in a
//     comment that begins with "tenantless:". Row level security is the second
//     wall, around each table with an org_id; pg.AsOrg opens it for one org.
//   - A service method that touches a tenant's data begins by asking whether the
//     actor may. Pages only hide buttons.
//   - Every call to a model goes through gateway; whatever a model wrote is
//     hostile, and runs in sandbox or nowhere.
//
// # Names
//
// A domain is a short singular noun and its package bears it; a page bears the
// segment of its address, plural or not. Nothing is called util, common, helper,
// base, model, types, shared, core or manager: such names say nothing of what is
// inside. Say bench.Run, not bench.BenchRun. Get gives one, List many; after
// Create, Update and Delete come the domain's own verbs: Start, Pause, Settle.
//
// Within a domain: bench.go holds the package comment, the types, Service and
// New; one file follows for each behaviour (start.go, settle.go); then store.go,
// jobs.go, and the tests beside them. Within a page: leaderboard.go lists the
// routes like a sitemap, and each page has one .go and one .templ file.
//
// The tests of internal/arch hold all of this that a machine can see.
package internal
