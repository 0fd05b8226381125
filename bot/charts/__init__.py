"""Edge: Helm charts from repositories elsewhere, of those that the operator names.

A chart is fetched before the render and outside of its sandbox. No credentials are sent, and nothing that the reviewed
repository says leads to an address that the operator did not name, or that one he named does not lead to.
"""
