"""The words of parking: frozen values and pure rules, standard library only."""
