package ui

// Tone is the colour of a status: wash and text on a hallmark, glyph on a state.
type Tone string

// The tones. None of them is ever shown without a glyph and a word.
const (
	Neutral Tone = "plain"
	Pass    Tone = "pass"
	Fail    Tone = "fail"
	Warn    Tone = "warn"
	Info    Tone = "info"
)

// Status is where a thing stands.
type Status string

// The statuses, each with its own glyph.
const (
	Passed         Status = "pass"
	Done           Status = "done"
	Failed         Status = "fail"
	TimedOut       Status = "timeout"
	FailedOver     Status = "failed over"
	Running        Status = "running"
	Queued         Status = "queued"
	Paused         Status = "paused"
	Parked         Status = "parked"
	Approval       Status = "approval"
	Cancelled      Status = "cancelled"
	Infrastructure Status = "infrastructure"
	Closed         Status = "closed"
)

type look struct {
	glyph Glyph
	tone  Tone
}

var looks = map[Status]look{
	Passed:         {Tick, Pass},
	Done:           {Tick, Pass},
	Failed:         {Cross, Fail},
	TimedOut:       {Triangle, Warn},
	FailedOver:     {Triangle, Warn},
	Running:        {Half, Info},
	Queued:         {Ring, Neutral},
	Paused:         {Bars, Neutral},
	Parked:         {Bars, Warn},
	Approval:       {Bars, Warn},
	Cancelled:      {Dash, Neutral},
	Infrastructure: {Square, Neutral},
	Closed:         {Dash, Neutral},
}

func (s Status) look() look {
	if l, ok := looks[s]; ok {
		return l
	}
	return look{Ring, Neutral}
}
