letter-access-requested-name = Nachricht an Administratoren: Anfrage
letter-access-requested-subject = { $name } fragt nach { $resource }
letter-access-requested-text =
    { $name } bittet { $organisation } um Zugriff auf { $resource }.

    Melden Sie sich an, um die Anfrage zu sehen und wer darüber entscheidet.
letter-access-requested-button = Zum Administrationsbereich
letter-access-waits-name = Bitte um Entscheidung
letter-access-waits-subject = { $name } wartet auf Ihre Entscheidung zu { $resource }
letter-access-waits-text = { $name } bittet bei { $organisation } um Zugriff auf { $resource }. Sie gehören zu denen, die entscheiden.
letter-access-waits-button = Anfrage öffnen
letter-access-reminder-name = Erinnerung
letter-access-reminder-subject = Es wartet noch: { $name } und { $resource }
letter-access-reminder-text = { $name } wartet bei { $organisation } weiter auf eine Entscheidung über den Zugriff auf { $resource }.
letter-access-reminder-button = Anfrage öffnen
letter-access-overridden-name = Nachricht an Entscheidende
letter-access-overridden-subject = Von der Administration entschieden: { $name } und { $resource }
letter-access-overridden-text = { $by } hat bei { $organisation } als Administrator über die Anfrage von { $name } nach { $resource } entschieden. Sie brauchen nichts mehr zu tun.
letter-access-overridden-button = Anfrage ansehen
letter-access-granted-name = Antwort: gewährt
letter-access-granted-subject = { $name } hat Zugriff auf { $resource }
letter-access-granted-text =
    Die Anfrage nach { $resource } bei { $organisation } wurde für { $name } gewährt.

    { $ends ->
        [yes] Der Zugriff endet am { $until }.
       *[no] Der Zugriff hat kein Enddatum.
    }
letter-access-granted-button = Zu den Anwendungen
letter-access-denied-name = Antwort: abgelehnt
letter-access-denied-subject = Die Anfrage nach { $resource } wurde abgelehnt
letter-access-denied-text =
    Die Anfrage von { $name } nach { $resource } bei { $organisation } wurde abgelehnt. Der Grund steht unten.

    { $more ->
        [yes] Nächste Schritte: { $steps }
       *[no] Sie können jederzeit erneut anfragen.
    }
letter-access-denied-button = Anfrage ansehen
letter-access-canceled-name = Antwort: abgebrochen
letter-access-canceled-subject = Die Anfrage nach { $resource } wurde abgebrochen
letter-access-canceled-text =
    Die Anfrage von { $name } nach { $resource } bei { $organisation } wurde abgebrochen, bevor jemand entschied: Ihr Genehmigungsablauf wurde gelöscht, oder die Administration hat sie beendet.

    Wird der Zugriff noch gebraucht, fragen Sie bitte erneut an.
letter-access-canceled-button = Erneut anfragen
letter-access-expired-name = Antwort: abgelaufen
letter-access-expired-subject = Die Anfrage nach { $resource } ist abgelaufen
letter-access-expired-text =
    Bei { $organisation } hat niemand rechtzeitig über die Anfrage von { $name } nach { $resource } entschieden, daher ist sie abgelaufen.

    Sie können jederzeit erneut anfragen.
letter-access-expired-button = Erneut anfragen
letter-access-question-name = Rückfrage
letter-access-question-subject = Eine Rückfrage zu Ihrer Anfrage nach { $resource }
letter-access-question-text = { $by } bei { $organisation } hat eine Rückfrage zu Ihrer Anfrage nach { $resource }. Sie steht unten.
letter-access-question-button = Antworten
letter-access-answer-name = Antwort auf eine Rückfrage
letter-access-answer-subject = { $by } hat zu { $resource } geantwortet
letter-access-answer-text = { $by } hat Ihre Rückfrage zur Anfrage nach { $resource } bei { $organisation } beantwortet.
letter-access-answer-button = Anfrage öffnen
letter-access-ends-name = Nachricht: Zugriff endet bald
letter-access-ends-subject = Ihr Zugriff auf { $resource } endet am { $until }
letter-access-ends-text =
    Ihr Zugriff auf { $resource } bei { $organisation } endet am { $until }.

    Wenn Sie ihn länger brauchen, verlängern Sie ihn.
letter-access-ends-button = Verlängern
letter-access-ended-name = Nachricht: Zugriff beendet
letter-access-ended-subject = Ihr Zugriff auf { $resource } ist beendet
letter-access-ended-text =
    Ihr Zugriff auf { $resource } bei { $organisation } ist beendet, weil seine Zeit um ist.

    Wenn Sie ihn weiter brauchen, fragen Sie erneut an.
letter-access-ended-button = Erneut anfragen
letter-access-revoked-name = Nachricht: Zugriff entzogen
letter-access-revoked-subject = Ihr Zugriff auf { $resource } wurde beendet
letter-access-revoked-text = { $by } hat Ihren Zugriff auf { $resource } bei { $organisation } beendet.
letter-access-revoked-button = Zum Katalog
letter-request-canceled-name = Antwort: abgebrochen
letter-request-canceled-subject = Ihre Anfrage an { $organisation } wurde abgebrochen
letter-request-canceled-text =
    Jemand aus der Administration von { $organisation } hat Ihre Anfrage abgebrochen. Der Grund steht unten.

    Sie können jederzeit erneut anfragen.
why-more-than-there-are = So viele Entscheidende gibt es nicht.
why-grant-is-over = Dieser Zugriff ist schon beendet.
why-not-in-error = Diese Anfrage ist nicht mehr im Status Fehler.
why-still-broken = Was diese Anfrage braucht, fehlt weiterhin: Gewähren Sie sie, lehnen Sie sie ab oder brechen Sie sie ab.
why-nobody-is-asked = Zurzeit wird niemand gefragt.
why-not-asked = Diese Anfrage wartet nicht mehr auf Sie.
why-has-it-already = Der Zugriff besteht schon und hat kein Enddatum.
why-not-their-manager = Sie können nur für Personen anfragen, deren Vorgesetzte oder Vorgesetzter Sie sind.
why-nobody-can-ask = Danach kann noch niemand fragen: Es hat keinen Genehmigungsablauf.
why-reminded-today = Sie haben innerhalb des letzten Tages schon erinnert. Versuchen Sie es morgen wieder.
why-ends-before-it-begins = Das Ende muss in der Zukunft und nach dem Beginn liegen.
why-own-delegate = Wählen Sie jemand anderen: Sie können sich nicht selbst vertreten.
why-may-not-vote = Dieses Mitglied darf nichts entscheiden. Wählen Sie jemanden, der das Portal nutzen darf.
why-resource-gone = Diese Ressource ist deaktiviert oder gelöscht und kann niemandem gegeben werden.
event-request-voted = Abgestimmt
event-request-missing-data = Daten fehlen
event-request-resumed = Fortgesetzt
event-request-error = Fehler
event-request-retried = Erneut versucht
event-request-moved = Auf die neueste Version des Ablaufs gebracht
event-request-changed = Grund geändert
event-request-reminded = Entscheidende erinnert
event-request-escalated = Eskaliert
event-request-questioned = Rückfrage gestellt
event-request-answered = Rückfrage beantwortet
event-request-provisioning = Bereitstellung begonnen
event-request-overridden = Ablauf übergangen
event-grant-made = Zugriff gewährt
event-grant-extended = Zugriff verlängert
event-grant-ended = Zugriff beendet
event-delegation-set = Vertretung benannt
event-delegation-ended = Vertretung beendet
event-resource-created = Ressource angelegt
event-resource-changed = Ressource geändert
event-resource-deleted = Ressource gelöscht
event-flow-created = Genehmigungsablauf angelegt
event-flow-changed = Genehmigungsablauf geändert
event-flow-deleted = Genehmigungsablauf gelöscht
status-missing_data = Fehlende Daten
status-error = Fehler
