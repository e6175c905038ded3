// `cargo bench --bench calls` by zaf/agi.
package main

import (
	"log"

	"github.com/zaf/agi"
)

func must(reply agi.Reply, err error) agi.Reply {
	if err != nil {
		log.Fatal(err)
	}
	return reply
}

func main() {
	call := agi.New()
	if err := call.Init(nil); err != nil {
		log.Fatal(err)
	}
	balance := must(call.GetVariable("ACCOUNT")).Dat
	must(call.SetVariable("BALANCE", balance))
	must(call.StreamFile("welcome", ""))
	key := must(call.WaitForDigit(5000)).Res
	must(call.SayNumber(1204, ""))
	must(call.Exec("NoOp", "done"))
	must(call.SetVariable("CHOICE", string(rune(key))))
}
