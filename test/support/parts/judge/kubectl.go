package main

import (
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// hasCondition is what `kubectl wait --for=condition=TYPE=STATUS` asks of an object: `checkCondition` and `getObservedGeneration`
// in k8s.io/kubectl pkg/cmd/wait/condition.go.
func hasCondition(object *unstructured.Unstructured, wantedType, wantedStatus string) bool {
	conditions, _, err := unstructured.NestedSlice(object.Object, "status", "conditions")
	if err != nil {
		return false
	}
	for _, each := range conditions {
		condition, ok := each.(map[string]any)
		if !ok {
			continue
		}
		name, found, err := unstructured.NestedString(condition, "type")
		if !found || err != nil || !strings.EqualFold(name, wantedType) {
			continue
		}
		status, found, err := unstructured.NestedString(condition, "status")
		if !found || err != nil {
			continue
		}
		if generation, found, _ := unstructured.NestedInt64(object.Object, "metadata", "generation"); found {
			if observed, found := observedGeneration(object, condition); found && observed < generation {
				return false
			}
		}
		return strings.EqualFold(status, wantedStatus)
	}
	return false
}

func observedGeneration(object *unstructured.Unstructured, condition map[string]any) (int64, bool) {
	if generation, found, _ := unstructured.NestedInt64(condition, "observedGeneration"); found {
		return generation, true
	}
	generation, found, _ := unstructured.NestedInt64(object.Object, "status", "observedGeneration")
	return generation, found
}
