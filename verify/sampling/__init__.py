"""Checks against simulation, planned before the first sample is drawn, then judged."""
