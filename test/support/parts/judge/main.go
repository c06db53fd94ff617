// Command judge says what GitOps tools and kubectl make of objects. It reads one JSON object per line from the standard input
// and prints one line of JSON for each.
//
//	judge health -lua health.lua -flux kustomization.yaml    the verdicts of kstatus, Argo CD, Flux and kubectl wait
//	judge lua -lua action.lua                                what the Lua returns for the object, as Argo CD takes it
//
// kstatus and Flux are their own libraries. Argo CD's Lua machine and kubectl's condition check are unexported or come with the
// whole program, so argo.go and kubectl.go follow their sources line by line.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// judgement turns one object into what is printed for it.
type judgement func(*unstructured.Unstructured) (any, error)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "judge:", err)
		os.Exit(1)
	}
}

func run(args []string, in io.Reader, out io.Writer) error {
	if len(args) == 0 {
		return errors.New("say what to do: health or lua")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	luaFile := flags.String("lua", "", "file with the Lua script")
	fluxFile := flags.String("flux", "", "file with a Flux Kustomization that has healthCheckExprs")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	script, err := os.ReadFile(*luaFile)
	if err != nil {
		return err
	}
	switch args[0] {
	case "health":
		reader, err := readFlux(*fluxFile)
		if err != nil {
			return err
		}
		return each(in, out, func(object *unstructured.Unstructured) (any, error) {
			return judgeHealth(object, string(script), reader)
		})
	case "lua":
		return each(in, out, func(object *unstructured.Unstructured) (any, error) {
			return runAction(object, string(script))
		})
	default:
		return fmt.Errorf("%q is unknown: say health or lua", args[0])
	}
}

func each(in io.Reader, out io.Writer, judge judgement) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	encoder := json.NewEncoder(out)
	for number := 1; lines.Scan(); number++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		object := &unstructured.Unstructured{}
		// Integers become int64, as they do in every client of the API server.
		if err := object.UnmarshalJSON(lines.Bytes()); err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
		verdict, err := judge(object)
		if err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
		if err := encoder.Encode(verdict); err != nil {
			return err
		}
	}
	return lines.Err()
}
