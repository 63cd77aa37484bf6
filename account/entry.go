package account

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"
)

// Entry is a line of the audit log: who changed what, when and from where. What
// something was before and after stands there as a hash, so that the log keeps
// no secrets and yet tells whether two changes led to the same.
type Entry struct {
	Number uint64    `json:"n"` // from 1, without gaps
	At     time.Time `json:"at"`
	Who    string    `json:"who"`
	From   string    `json:"from,omitempty"` // an address
	Did    string    `json:"did"`            // "add", "sign in"
	What   string    `json:"what"`           // "user amina", "item 3f2a…"
	Before string    `json:"before,omitempty"`
	After  string    `json:"after,omitempty"`
	Chain  string    `json:"chain"` // over this entry and all before it
}

// Hash is what the audit log keeps of something; nothing of nil.
func Hash(v any) string {
	if v == nil {
		return ""
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:12])
}

// Link returns the entry with its number and the chain after the one before it.
func (e Entry) Link(before Entry) Entry {
	e.Number, e.At, e.Chain = before.Number+1, e.At.UTC(), before.Chain
	b, err := json.Marshal(e)
	if err != nil { // never: it is texts, a number and a time
		b = []byte(err.Error())
	}
	sum := sha256.Sum256(b)
	e.Chain = hex.EncodeToString(sum[:16])
	return e
}
