"""The demonstration: a fleet of meters and a head-end. It knows the product only by its commands and its HTTP doors."""
