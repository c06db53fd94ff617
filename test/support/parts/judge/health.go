package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/fluxcd/cli-utils/pkg/kstatus/polling/engine"
	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"github.com/fluxcd/pkg/apis/kustomize"
	"github.com/fluxcd/pkg/runtime/cel"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// verdict is what one judge says, in the judge's own words.
type verdict struct {
	Status  string `json:"status"`
	Message string `json:"message,omitempty"`
}

type verdicts struct {
	Kstatus verdict `json:"kstatus"`
	Argo    verdict `json:"argo"`
	Flux    verdict `json:"flux"`
	// Whether `kubectl wait --for=condition=Ready` would end.
	IsWaitOver bool `json:"isWaitOver"`
}

func judgeHealth(object *unstructured.Unstructured, script string, flux engine.StatusReader) (any, error) {
	computed, err := status.Compute(object)
	if err != nil {
		return nil, err
	}
	// The poller's own way: an error in an expression is the status Unknown, and is waited out.
	read, err := flux.ReadStatusForObject(context.Background(), nil, object)
	if err != nil {
		return nil, err
	}
	message := read.Message
	if read.Error != nil {
		message = read.Error.Error()
	}
	argo := judgeArgo(object, script)
	return verdicts{
		Kstatus:    verdict{Status: string(computed.Status), Message: computed.Message},
		Argo:       argo,
		Flux:       verdict{Status: string(read.Status), Message: message},
		IsWaitOver: hasCondition(object, "Ready", "True"),
	}, nil
}

// readFlux takes the expressions out of the Kustomization itself, and gives kustomize-controller's reader for them.
func readFlux(path string) (engine.StatusReader, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var kustomization struct {
		Kind string `json:"kind"`
		Spec struct {
			HealthCheckExprs []kustomize.CustomHealthCheck `json:"healthCheckExprs"`
		} `json:"spec"`
	}
	if err := yaml.Unmarshal(text, &kustomization); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if kustomization.Kind != "Kustomization" || len(kustomization.Spec.HealthCheckExprs) == 0 {
		return nil, errors.New(path + ": is no Kustomization with spec.healthCheckExprs")
	}
	construct, err := cel.NewStatusReader(kustomization.Spec.HealthCheckExprs)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return construct(nil), nil
}
