package main

import (
	"errors"
	"flag"
	"net/http"

	"github.com/cert-manager/cert-manager/pkg/issuer/acme/http/solver"
	logf "github.com/cert-manager/cert-manager/pkg/logs"
)

// solve is the container of a solver Pod, whose command the module does not export either (cmd/acmesolver). The flags are those
// that pkg/issuer/acme/http/pod.go gives it.
func solve(args []string) error {
	flags := flag.NewFlagSet("acmesolver", flag.ExitOnError)
	server := &solver.HTTP01Solver{}
	flags.IntVar(&server.ListenPort, "listen-port", 8089, "the port that is listened on")
	flags.StringVar(&server.Domain, "domain", "", "the domain that is challenged")
	flags.StringVar(&server.Token, "token", "", "the token of the challenge")
	flags.StringVar(&server.Key, "key", "", "the answer to the challenge")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := server.Listen(logf.Log); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
