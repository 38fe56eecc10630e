// Package ui holds the components of which every page is made.
//
// It knows no word of any domain: pages turn their own data into these props.
// All components are templ components. They write no style attribute and no
// script, so they work under a policy of style-src and script-src 'self'; they
// take hx-*, data-* and aria-* through Attrs. The gallery shows each of them in
// each state and is the reference for names.
//
// # Components
//
//	Mark Brand Icon                         the octagon, the wordmark, glyphs
//	Button OpenDialog CopyButton Segmented  actions; one Primary per region
//	Field Input Select Checkbox Radios      forms; Error is a sentence
//	FilterStrip Chip                        a GET form; changed cells carry the streak
//	State StatusMark Hallmark               glyph and word, for cells and headings
//	Simulated Pareto Kbd                    marks with one meaning each
//	DataStrip Bar Facts                     figures at the top; progress; terms
//	Caption FigCaption Head SortHead Num    pieces of a ruled table
//	Scroll Pager Tabs Crumbs                moving about
//	Time Stamp Clock                        times in UTC
//	Toast Note Empty Placeholder            what happened, what is missing
//	PlaceholderWhisker
//	Dialog CloseDialog Panel                boxes
//	Code Diff Log Highlight Plainly         source, differences, output
//	WhiskerHead Whisker RangeMark LevelMark intervals as wide as their cell
//	Sparkline MiniBars MiniBarsHead         small pictures in cells
//	FrontierChart FrontierKey               cost against score
//	ConvergenceChart SeriesMark SeriesLine  estimates over work done
//	HeatMap Streaks                         a table in colour; the illustration
//
// # Classes that pages use
//
//	.head > (h1, .lead or .meta) + .acts    the top of a page
//	.cols > .c-4 … .c-8, .c-12              twelve columns, one below 1000 px
//	.stack (.loose .tighter) .row           a column or a row with even gaps
//	.aside                                  text beside a figure, under a 2 px rule
//	.prose .lead .caption .small .micro     text; .dim and .faint are quieter
//	.figure                                 figure with FigCaption first
//	.form .pair .ticks .or                  fields in a column; two side by side
//	.steps > li.done, li.next               a checklist
//	.mt-4 … .mt-32 .vh .num .red .nowrap    utilities
//
// # Tables
//
// A table is written out by its page: <table class="ruled"> with Caption, a
// thead of Head and SortHead, th scope="row" for names, td.num for numbers. Add
// .dense (28 px rows), .list (32), .people (two lines), .headless (no thead);
// td.tight holds a whisker; .hide-phone leaves a cell out on phones; .w1 and .w2
// below 1200 and 900 px; tr.on is selected.
//
// A ranked table is <table class="ruled ranked"> with the cells .rank (two
// spans, the second .two), th.who2, .score, .ci, .plot, .cost and .lat; on a
// phone those, and only those, become a grid, and a .lab inside .cost and .lat
// repeats their column's head.
//
// # Traps
//
// templ drops the line break before a component inside a sentence: Simulated
// brings its own margin, other marks need a space of their own. Write a
// no-break space before a per cent sign. Whitespace in <pre> is not kept: use
// Code with Bare.
//
// # Live parts
//
// Give what changes an id ("run-42-row") and send it again as a partial:
//
//	<hx-partial hx-target="#run-42-row" hx-swap="outerMorph">…</hx-partial>
//
// Attributes of htmx go through HX, which adds the page's nonce. An element that
// arrives in a partial keeps its hx-* only if its nonce is that of the page.
//
// Swap whole charts, never parts of an SVG. Toasts go to #toasts, sentences for
// screen readers to #status.
package ui
